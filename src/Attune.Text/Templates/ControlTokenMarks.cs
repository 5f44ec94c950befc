using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.Tokenizers;

namespace Attune.Text.Templates;

/// <summary>
/// Marks the control tokens in the strings that a caller gives a template, so that in what it renders they can be told from
/// the template's own. A marked token is no longer one: whatever the template does to it, its first character and the rest
/// stay apart. Marks are noncharacters of Unicode, which no text needs; those of the caller become U+FFFD.
/// </summary>
internal sealed class ControlTokenMarks(ITokenizer tokenizer, string templateSource)
{
    private const char Edge = '\uFDD0'; // before and after a token
    private const char Inner = '\uFDD1'; // after its first character

    // An assistant's own, which templates look for in its messages and cut at.
    private static readonly string[] ReasoningTags = ["<think>", "</think>"];

    private readonly HashSet<string> _marked = [];

    /// <summary>The same JSON with marked strings and keys.</summary>
    public JsonNode? Mark(JsonNode? node, bool isAssistants = false)
    {
        switch (node)
        {
            case JsonArray array:
                return new JsonArray([.. array.Select(item => Mark(item, isAssistants))]);
            case JsonObject fields:
                isAssistants |= fields["role"] is JsonValue role && role.TryGetValue(out string? name) && name == "assistant";
                var marked = new JsonObject();
                foreach (var (key, value) in fields) marked[Mark(key, isAssistants)] = Mark(value, isAssistants);
                return marked;
            default:
                return node?.GetValueKind() == JsonValueKind.String
                    ? JsonValue.Create(Mark((string)node!, isAssistants))
                    : node?.DeepClone();
        }
    }

    /// <summary>
    /// What a template rendered without the marks, in parts: marked tokens are plain, and no token crosses a mark.
    /// </summary>
    public (string Text, List<TextPart> Parts) Read(string rendered)
    {
        var text = new StringBuilder(rendered.Length);
        var parts = new List<TextPart>();
        foreach (var segment in rendered.Split(Edge))
        {
            var whole = segment.Replace($"{Inner}", "", StringComparison.Ordinal);
            var isPlain = whole.Length < segment.Length && _marked.Contains(whole);
            foreach (var part in isPlain ? [whole] : segment.Split(Inner))
            {
                if (part.Length > 0) parts.Add(new TextPart(text.Length, text.Length + part.Length, isPlain));
                text.Append(part);
            }
        }

        return (text.ToString(), parts);
    }

    private string Mark(string text, bool isAssistants)
    {
        text = text.Replace(Edge, '\uFFFD').Replace(Inner, '\uFFFD');
        var found = ControlTokens(text);
        if (found.TrueForAll(token => IsOwn(token.Text))) return text;
        var marked = new StringBuilder(text.Length + (3 * found.Count));
        var done = 0;
        foreach (var (start, token) in found)
        {
            // Of reasoning, the mark stands before the line breaks that templates strip off it.
            var mark = IsOwn(token) ? done + text.AsSpan(done, start - done).TrimEnd().Length : start;
            marked.Append(text, done, mark - done).Append(Edge).Append(text, mark, start - mark);
            done = start + token.Length;
            if (IsOwn(token))
            {
                marked.Append(token);
                continue;
            }

            var first = char.IsSurrogatePair(token, 0) ? 2 : 1;
            marked.Append(token, 0, first).Append(Inner).Append(token, first, token.Length - first).Append(Edge);
            _marked.Add(token);
        }

        return marked.Append(text, done, text.Length - done).ToString();

        bool IsOwn(string token) => isAssistants && ReasoningTags.Contains(token);
    }

    // A token's text without the white space it takes along: templates strip messages.
    private List<(int Start, string Text)> ControlTokens(string text)
    {
        var tokens = new List<(int Start, string Text)>();
        foreach (var (start, end, id) in tokenizer.FindAddedTokens(text))
        {
            if (!tokenizer.IsSpecial(id) && !templateSource.Contains(tokenizer.IdToToken(id)!, StringComparison.Ordinal)) continue;
            var taken = text[start..end];
            var token = taken.Trim();
            tokens.Add(token.Length == 0 ? (start, taken) : (start + taken.IndexOf(token, StringComparison.Ordinal), token));
        }

        return tokens;
    }
}
