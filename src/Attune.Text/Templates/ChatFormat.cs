using System.Text.Json.Nodes;
using Attune.Text.Templates.Spans;
using Attune.Text.Tokenizers;

namespace Attune.Text.Templates;

/// <summary>A chat template with its variables, and how the assistant's words are found in what it renders.</summary>
public sealed class ChatFormat
{
    private readonly RenderOptions _options;
    private readonly ChatTemplate? _marked; // the template or its marked version, where there is one

    private ChatFormat(ChatTemplate template, RenderOptions options, SpanSource source, string explanation, ChatTemplate? marked)
    {
        Template = template;
        _options = options;
        Source = source;
        Explanation = explanation;
        _marked = marked;
    }

    /// <summary>The template.</summary>
    public ChatTemplate Template { get; }

    /// <summary>How spans are found.</summary>
    public SpanSource Source { get; }

    /// <summary>One sentence for screens: how spans are found, or why they cannot be.</summary>
    public string Explanation { get; }

    /// <summary>Decides how spans are found: the template's markers, else the table, else prefixes, else not at all.</summary>
    /// <param name="template">The template.</param>
    /// <param name="variables">Special tokens and other variables that every rendering gets.</param>
    /// <param name="now">
    /// The time that templates print, the same for every row; null is the time of this call. A run that must render the
    /// same rows again later keeps it.
    /// </param>
    public static ChatFormat Create(
        ChatTemplate template, IReadOnlyDictionary<string, JsonNode?> variables, DateTimeOffset? now = null)
    {
        var options = new RenderOptions { Variables = variables, Now = now ?? DateTimeOffset.Now };
        if (template.HasGenerationMarkers)
        {
            return new ChatFormat(
                template, options, SpanSource.Markers, "The template marks the assistant's words itself.", template);
        }

        if (KnownTemplates.Find(template.Source) is { } known)
        {
            var marked = ChatTemplate.Parse(known.Mark(template.Source), template.Path);
            return new ChatFormat(
                template, options, SpanSource.KnownTemplate,
                $"The template is that of {known.Name}, in which Attune knows the assistant's words.", marked);
        }

        // Some templates render nothing without a list of tools: for these rows need one, too.
        var problem = PrefixProbe.Problem(template, options);
        if (problem is not null && PrefixProbe.Problem(template, options with { Tools = [] }) is null) problem = null;
        return problem is not null
            ? new ChatFormat(
                template, options, SpanSource.None,
                $"The template has no {{% generation %}} blocks, Attune does not know it, and {problem}.", null)
            : new ChatFormat(
                template, options, SpanSource.Prefixes,
                "The assistant's words are what each of its messages adds to the rendered conversation.", null);
    }

    /// <summary>
    /// The text of a whole conversation and the spans of it that the assistant says, in order and apart from each other,
    /// each ending after its end-of-turn token. No spans where <see cref="Source"/> is <see cref="SpanSource.None"/>.
    /// </summary>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Model"/>: the template refuses the conversation, or the spans of this one cannot be found.
    /// </exception>
    public RenderedChat RenderForTraining(JsonArray messages, JsonArray? tools = null)
    {
        var with = _options with { Tools = tools };
        if (_marked is not null) return Ordered(_marked.Render(messages, with));
        if (Source == SpanSource.None) return Template.Render(messages, with);
        var (chat, problem) = new PrefixSpans(Template).Find(messages, with);
        return chat ?? throw new AttuneException(
            ExitCode.Model,
            $"{Template.Path}: the assistant's words cannot be found in this conversation: {problem}.",
            "Put {% generation %} … {% endgeneration %} around them in the chat template.");
    }

    /// <summary>The text of a conversation up to where the assistant's next words begin.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the template refuses the conversation.</exception>
    public string RenderPrompt(JsonArray messages, JsonArray? tools = null) =>
        Template.Render(messages, _options with { Tools = tools, AddGenerationPrompt = true }).Text;

    /// <summary>
    /// The tokens of a conversation up to where the assistant's next words begin. Control tokens come from the template
    /// alone: those that are written in the messages or tools are encoded as ordinary text, so that no message can end its
    /// turn or open another one (transformers: <c>sanitize_control_tokens</c>). Without such, these are the tokens of
    /// <see cref="RenderPrompt"/>.
    /// </summary>
    /// <remarks>
    /// Control tokens are the tokenizer's special tokens and those of its other added tokens that the template writes. Of an
    /// assistant's own message <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> stay tokens: templates look for them.
    /// </remarks>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the template refuses the conversation.</exception>
    public Encoding EncodePrompt(JsonArray messages, ITokenizer tokenizer, JsonArray? tools = null)
    {
        var marks = new ControlTokenMarks(tokenizer, Template.Source);
        var rendered = RenderPrompt((JsonArray)marks.Mark(messages)!, (JsonArray?)marks.Mark(tools));
        var (text, parts) = marks.Read(rendered);
        return tokenizer.Encode(text, parts);
    }

    // Nested blocks give overlapping spans: one span each.
    private static RenderedChat Ordered(RenderedChat chat)
    {
        var spans = new List<(int Start, int End)>();
        foreach (var (start, end) in chat.GenerationSpans.Order())
        {
            if (spans.Count > 0 && start < spans[^1].End) spans[^1] = (spans[^1].Start, Math.Max(spans[^1].End, end));
            else spans.Add((start, end));
        }

        return new RenderedChat(chat.Text, spans);
    }
}

