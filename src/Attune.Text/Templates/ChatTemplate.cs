using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja;

namespace Attune.Text.Templates;

/// <summary>
/// A chat template: Jinja source that turns messages into the text a model reads, applied as transformers'
/// <c>apply_chat_template</c> does. Immutable, thread-safe.
/// </summary>
public sealed class ChatTemplate
{
    private readonly JinjaTemplate _template;

    private ChatTemplate(JinjaTemplate template, string source, string path)
    {
        _template = template;
        Source = source;
        Path = path;
    }

    /// <summary>The template's text.</summary>
    public string Source { get; }

    /// <summary>The file it came from, for messages.</summary>
    public string Path { get; }

    /// <summary>Whether the template marks the assistant's words with <c>{% generation %}</c>.</summary>
    public bool HasGenerationMarkers => _template.HasGenerationBlocks;

    /// <summary>Reads a template.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a syntax error, with file and line.</exception>
    public static ChatTemplate Parse(string source, string path)
    {
        try
        {
            return new ChatTemplate(JinjaTemplate.Parse(source), source, path);
        }
        catch (JinjaException e)
        {
            throw Explain(e, path);
        }
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="messages">Objects with <c>role</c> and <c>content</c> and what else the template knows; at least one.</param>
    /// <param name="options">Tools, variables and how the text ends.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Model"/>: the template refuses the conversation (<c>raise_exception</c>), fails, or exceeds its
    /// limits; with file and line. The cause is a <see cref="JinjaException"/>.
    /// </exception>
    public RenderedChat Render(JsonArray messages, RenderOptions options)
    {
        try
        {
            using var budget = Budget.Begin();
            var input = ChatInput.Create(messages, options);
            var continued = ContinuedMessage.Mark(input, options, Source);
            var rendered = _template.Render(input.Variables, options.Now ?? DateTimeOffset.Now);
            return continued is null ? rendered : continued.Cut(rendered);
        }
        catch (JinjaException e)
        {
            throw Explain(e, Path);
        }
    }

    private static AttuneException Explain(JinjaException e, string path)
    {
        var place = e.Line > 0 ? $"{path}, line {e.Line}" : path;
        return e.Kind == "TemplateError"
            ? new AttuneException(
                ExitCode.Model,
                $"{place}: the chat template refuses the conversation: {e.Message}",
                "Change the conversation to what the template takes, or give another template.",
                e)
            : new AttuneException(ExitCode.Model, $"{place}: the chat template fails: {e.Message} ({e.Kind})", inner: e);
    }
}

