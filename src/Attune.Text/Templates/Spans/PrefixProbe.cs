using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja.PythonText;

namespace Attune.Text.Templates.Spans;

/// <summary>Tries <see cref="PrefixSpans"/> on a small conversation, to know before a run whether a template allows them.</summary>
internal static class PrefixProbe
{
    private const string Answer = "the reply of turn ";

    /// <summary>Null where prefixes work, else why they do not.</summary>
    public static string? Problem(ChatTemplate template, RenderOptions options)
    {
        JsonArray messages = [Message("user", "question one"), Message("assistant", Answer + "1"),
            Message("user", "question two"), Message("assistant", Answer + "2")];
        try
        {
            var (chat, problem) = new PrefixSpans(template).Find(messages, options);
            if (chat is null) return problem;
            for (var i = 0; i < 2; i++)
            {
                var (start, end) = chat.GenerationSpans[i];
                if (Flaw(chat.Text[start..end], Answer + (i + 1)) is { } flaw) return flaw;
            }

            return null;
        }
        catch (AttuneException e)
        {
            return $"it cannot render a conversation of two questions and answers ({e.Message})";
        }
    }

    private static string? Flaw(string span, string answer)
    {
        var at = span.IndexOf(answer, StringComparison.Ordinal);
        if (at < 0) return "it does not print the assistant's words as they are";
        if (span[..at].Contains("assistant", StringComparison.OrdinalIgnoreCase))
            return "it writes a header before the assistant's words that the generation prompt does not write";
        return Characters.IsSpace(span.AsSpan(at + answer.Length))
            ? "it writes no token that ends the assistant's turn"
            : null;
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };
}
