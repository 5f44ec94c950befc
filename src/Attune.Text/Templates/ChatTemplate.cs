using System.Text.Json.Nodes;

namespace Attune.Text.Templates;

/// <summary>A chat template: Jinja source that turns messages into the text a model reads. Immutable, thread-safe.</summary>
public sealed class ChatTemplate
{
    private ChatTemplate(string source, string path)
    {
        Source = source;
        Path = path;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>The file it came from, for messages.</summary>
    public string Path { get; }

    /// <summary>Whether the template marks the assistant's words with <c>{% generation %}</c>.</summary>
    public bool HasGenerationMarkers => Source.Contains("generation", StringComparison.Ordinal);

    /// <summary>Reads a template.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a syntax error, with file and line.</exception>
    public static ChatTemplate Parse(string source, string path) => new(source, path);

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">Objects with <c>role</c> and <c>content</c> and what else the template knows; at least one.</param>
    /// <param name="options">Tools, variables and how the text ends.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Model"/>: the template refuses the conversation (<c>raise_exception</c>), fails, or exceeds its
    /// limits; with file and line.
    /// </exception>
    public RenderedChat Render(JsonArray messages, RenderOptions options) =>
        throw new AttuneException(ExitCode.Model, $"{Path}: rendering {messages.Count} messages is not there yet.");
}
