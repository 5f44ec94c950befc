using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Spans;

/// <summary>
/// Spans of the assistant's words, found by rendering prefixes of the conversation. Message i of the assistant says what
/// lies between the text of the messages before it with the generation prompt and the text of the messages up to it; both
/// must be the beginning of the whole text. White space after the turn does not count.
/// </summary>
internal sealed class PrefixSpans(ChatTemplate template)
{
    /// <summary>The whole text and its spans; or why there are none.</summary>
    public (RenderedChat? Chat, string Problem) Find(JsonArray messages, RenderOptions options)
    {
        var text = template.Render(messages, options).Text;
        var spans = new List<(int Start, int End)>();
        for (var i = 0; i < messages.Count; i++)
        {
            if ((messages[i] as JsonObject)?["role"] is not JsonValue role || role.ToString() != "assistant") continue;
            var before = i == 0 ? Opening(text, messages, options) : Text(messages, i, options with { AddGenerationPrompt = true });
            var upTo = i + 1 == messages.Count ? text : Text(messages, i + 1, options);
            if (before is null || !text.StartsWith(before, StringComparison.Ordinal))
                return (null, $"the text before message {i + 1}, with the generation prompt, is not how the whole conversation begins");
            if (!text.StartsWith(upTo, StringComparison.Ordinal) || upTo.Length < before.Length)
                return (null, $"the text of the first {i + 1} messages is not how the whole conversation begins");
            spans.Add((before.Length, Math.Max(before.Length, Characters.TrimEnd(upTo))));
        }

        return (new RenderedChat(text, spans), "");
    }

    private string Text(JsonArray messages, int count, RenderOptions options) =>
        template.Render([.. messages.Take(count).Select(message => message?.DeepClone())], options).Text;

    // Before a first message nothing can be rendered: its words begin after the first generation prompt in the text.
    private string? Opening(string text, JsonArray messages, RenderOptions options)
    {
        var one = Text(messages, 1, options);
        var prompted = Text(messages, 1, options with { AddGenerationPrompt = true });
        if (!prompted.StartsWith(one, StringComparison.Ordinal) || prompted.Length == one.Length) return null;
        var prompt = prompted[one.Length..];
        var at = text.IndexOf(prompt, StringComparison.Ordinal);
        return at < 0 ? null : text[..(at + prompt.Length)];
    }
}
