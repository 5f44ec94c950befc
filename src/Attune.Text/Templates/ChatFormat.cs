using System.Text.Json.Nodes;

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

/// <summary>A chat template with its variables, and how the assistant's words are found in what it renders.</summary>
public sealed class ChatFormat
{
    private readonly RenderOptions options;

    private ChatFormat(ChatTemplate template, RenderOptions options)
    {
        Template = template;
        this.options = options;
    }

    /// <summary>The template.</summary>
    public ChatTemplate Template { get; }

    /// <summary>How spans are found.</summary>
    public SpanSource Source { get; private init; }

    /// <summary>One sentence for screens: how spans are found, or why they cannot be.</summary>
    public string Explanation { get; private init; } = "";

    /// <summary>Decides how spans are found: the template's markers, else the table, else prefixes, else not at all.</summary>
    /// <param name="template">The template.</param>
    /// <param name="variables">Special tokens and other variables that every rendering gets.</param>
    public static ChatFormat Create(ChatTemplate template, IReadOnlyDictionary<string, JsonNode?> variables) =>
        new(template, new RenderOptions { Variables = variables });

    /// <summary>
    /// The text of a whole conversation and the spans of it that the assistant says, each ending after its end-of-turn
    /// token.
    /// </summary>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Model"/>: the template refuses the conversation, or its spans cannot be found.
    /// </exception>
    public RenderedChat RenderForTraining(JsonArray messages, JsonArray? tools = null) =>
        Template.Render(messages, options with { Tools = tools });

    /// <summary>The text of a conversation up to where the assistant's next words begin.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the template refuses the conversation.</exception>
    public string RenderPrompt(JsonArray messages, JsonArray? tools = null) =>
        Template.Render(messages, options with { Tools = tools, AddGenerationPrompt = true }).Text;
}
