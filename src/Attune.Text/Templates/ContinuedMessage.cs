using Attune.Text.Templates.Jinja;
using Attune.Text.Templates.Jinja.PythonText;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates;

/// <summary>
/// A last message that the model goes on writing: a mark is put behind it, and the rendered text is cut at the mark.
/// </summary>
internal sealed class ContinuedMessage
{
    private const string Tag = "CONTINUE_FINAL_MESSAGE_TAG";

    private readonly string _original;

    private ContinuedMessage(string original) => _original = original;

    /// <summary>Puts the mark behind the field of the last message; null where nothing is continued.</summary>
    public static ContinuedMessage? Mark(ChatInput input, RenderOptions options, string template)
    {
        if (options.ContinueFinalMessage is not { } field) return null;
        if (options.AddGenerationPrompt)
        {
            throw JinjaException.Value(
                "continue_final_message and add_generation_prompt are not compatible. Use continue_final_message when you " +
                "want the model to continue the final message, and add_generation_prompt when you want to add a header " +
                "that will prompt it to start a new assistant message instead.");
        }

        string[] fields = ChatInput.ReasoningFields.Contains(field) ? ChatInput.ReasoningFields[..2] : [field];
        if (!fields.Any(name => template.Contains(name, StringComparison.Ordinal)))
        {
            throw JinjaException.Value(
                $"continue_final_message is set to \"{field}\" but this is not an accepted field in the chat_template");
        }

        if (input.Messages[^1] is not JinjaDictionary message || !message.TryGet(fields[0], out var value))
            throw JinjaException.Value($"continue_final_message is set but the final message has no \"{field}\" to continue");
        var original = "";
        foreach (var name in fields) message.Set(name, Marked(value, out original));
        return new ContinuedMessage(original);
    }

    /// <summary>The text up to the mark.</summary>
    public RenderedChat Cut(RenderedChat rendered)
    {
        var text = rendered.Text;
        var at = text.LastIndexOf(Tag, StringComparison.Ordinal);
        if (at < 0 || !text.Contains(Characters.Trim(_original), StringComparison.Ordinal))
        {
            throw JinjaException.Value(
                "continue_final_message is set but the final message does not appear in the chat after applying the chat " +
                "template! This can happen if the chat template deletes portions of the final message. Please verify the " +
                "chat template and final message in your chat to ensure they are compatible." +
                $"Final message to continue: {_original}\nRendered chat:\n{text}");
        }

        // Where the template trimmed the blank behind the mark, it would have trimmed the message's own blanks.
        var keepsBlanks = at + Tag.Length < text.Length && text[at + Tag.Length] == ' ';
        var cut = keepsBlanks ? text[..at] : text[..Characters.TrimEnd(text[..at])];
        var spans = rendered.GenerationSpans.Where(span => span.Start <= cut.Length)
            .Select(span => (span.Start, Math.Min(span.End, cut.Length)));
        return new RenderedChat(cut, [.. spans]);
    }

    // A string, or the last block of content that has text.
    private static object? Marked(object? value, out string original)
    {
        if (Strings.Is(value, out var text))
        {
            original = text;
            return text + Tag + " ";
        }

        var blocks = value is JinjaList list ? list.Items.ToList() : [];
        for (var i = blocks.Count - 1; i >= 0; i--)
        {
            if (blocks[i] is not JinjaDictionary block || !block.TryGet("text", out var part)) continue;
            var marked = block.Copy();
            marked.Set("text", Marked(part, out original));
            blocks[i] = marked;
            return new JinjaList(blocks);
        }

        throw JinjaException.Value("continue_final_message is set but we could not find any text to continue in the final message!");
    }
}

