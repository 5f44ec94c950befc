using System.Text.Json.Nodes;

namespace Attune.Text.Templates;

/// <summary>What a template is given besides the messages.</summary>
public sealed record RenderOptions
{
    /// <summary>Only the messages: no tools, no variables, the conversation as it stands.</summary>
    public static readonly RenderOptions Default = new();

    /// <summary>Whether the text ends with the opening of the assistant's next turn.</summary>
    public bool AddGenerationPrompt { get; init; }

    /// <summary>
    /// The field of the last message that the model goes on writing (<c>content</c> as a rule): the text ends where that
    /// field ends. Null renders whole turns. Excludes <see cref="AddGenerationPrompt"/>.
    /// </summary>
    public string? ContinueFinalMessage { get; init; }

    /// <summary>JSON schemas of the tools, or null; templates see null as a defined <c>tools</c>.</summary>
    public JsonArray? Tools { get; init; }

    /// <summary>Documents for retrieval templates, or null.</summary>
    public JsonArray? Documents { get; init; }

    /// <summary>
    /// Special tokens (<c>bos_token</c>, <c>eos_token</c>, …) and further template variables; these win over the fields
    /// above where names collide.
    /// </summary>
    public IReadOnlyDictionary<string, JsonNode?> Variables { get; init; } = new Dictionary<string, JsonNode?>();

    /// <summary>The time <c>strftime_now</c> tells; null is the clock.</summary>
    public DateTimeOffset? Now { get; init; }
}
