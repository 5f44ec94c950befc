namespace Attune.Text.Templates;

/// <summary>How the assistant's words are found in a rendered conversation.</summary>
public enum SpanSource
{
    /// <summary>They cannot be found: <see cref="ChatFormat.Explanation"/> says why.</summary>
    None,

    /// <summary>The template's own <c>{% generation %}</c> blocks.</summary>
    Markers,

    /// <summary>A table of well-known templates, marked by Attune.</summary>
    KnownTemplate,

    /// <summary>The difference between rendered prefixes of the conversation.</summary>
    Prefixes,
}
