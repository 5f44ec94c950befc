namespace Attune.Training.Recipes;

/// <summary>
/// Keys that make no sense beside each other. Two given in one place, file or command line, are an error; where one
/// came with the command line, it wins and the file's is dropped.
/// </summary>
internal static class Contradictions
{
    /// <summary>Of every kind of recipe.</summary>
    public static readonly Pair Warmup = new("warmup_steps", "warmup_ratio", "Warmup is a number of steps or a share of all steps; keep one of them.");

    /// <summary>Drops what the command line overrules.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/> with the place of the second key.</exception>
    public static void Check(GivenValues given, params ReadOnlySpan<Pair> pairs)
    {
        foreach (var pair in pairs)
        {
            if (Placed(given, pair.First) is not { } first || Placed(given, pair.Second) is not { } second) continue;
            if (first.IsOption == second.IsOption)
                throw second.Error($"{pair.Second} is given beside {pair.First}{(first.IsOption ? "" : $" of line {first.Line}")}.", pair.Hint);
            given.Remove(first.IsOption ? pair.Second : pair.First);
        }
    }

    /// <summary>Where a key was given something; null, nothing, an empty list and 0 leave its sense to the other key.</summary>
    private static Place? Placed(GivenValues given, string path) => given.Find(path) switch
    {
        null or ScalarNode { IsNull: true } or ListNode { Items.Count: 0 } or MapNode { Entries.Count: 0 } => null,
        ScalarNode { Text: "0", IsQuoted: false } when path != "warmup_steps" => null,
        var node => node.Place,
    };

    /// <summary>Two keys of which one is given.</summary>
    public sealed record Pair(string First, string Second, string Hint);
}
