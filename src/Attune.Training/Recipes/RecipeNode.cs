namespace Attune.Training.Recipes;

/// <summary>Where a value stands: file, line and column (both from 1), or the option of the command line it came with.</summary>
/// <param name="Source">The file's path as given, or the option, for example <c>--set lora.rank=8</c>.</param>
/// <param name="Line">From 1; 0 for the command line.</param>
/// <param name="Column">From 1; 0 for the command line.</param>
public readonly record struct Place(string Source, long Line = 0, long Column = 0)
{
    /// <summary>Whether the value came with an option of the command line.</summary>
    public bool IsOption => Line == 0;

    /// <summary>What is printed beside a value: <c>file:line</c>, or the option without its value.</summary>
    public string Origin => IsOption ? Source.Split(' ')[0] : $"{Source}:{Line}";

    /// <summary>An error of the recipe at this place.</summary>
    public AttuneException Error(string message, string? hint = null) => new(ExitCode.Recipe, $"{this}: {message}", hint);

    /// <inheritdoc/>
    public override string ToString() => IsOption ? Source : $"{Source}:{Line}:{Column}";
}

/// <summary>A value of the YAML text, with its place.</summary>
/// <param name="Place">Its first character.</param>
internal abstract record RecipeNode(Place Place);

/// <summary>Text, number, truth value or null.</summary>
internal sealed record ScalarNode(Place Place, string Text, bool IsQuoted) : RecipeNode(Place)
{
    /// <summary>Whether this is YAML's null: nothing, <c>~</c> or <c>null</c>, without quotation marks.</summary>
    public bool IsNull => !IsQuoted && (Text is "" or "~" or "null" or "Null" or "NULL");
}

/// <summary>A list.</summary>
internal sealed record ListNode(Place Place, IReadOnlyList<RecipeNode> Items) : RecipeNode(Place);

/// <summary>A map; no key comes twice.</summary>
internal sealed record MapNode(Place Place, IReadOnlyList<MapEntry> Entries) : RecipeNode(Place);

/// <summary>A key with its value.</summary>
internal sealed record MapEntry(string Key, Place KeyPlace, RecipeNode Value);
