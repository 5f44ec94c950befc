using System.Text.Json.Nodes;
using Attune.Data.Formats;
using Attune.Data.Sources;
using Attune.Text.Templates;
using Attune.Text.Tokenizers;

namespace Attune.Data.Preparation;

/// <summary>Turns rows into token ids and labels.</summary>
/// <remarks>
/// Chats are rendered by the template, which writes its own special tokens. Texts and prompt-completion pairs get the
/// tokenizer's (BOS, where it adds one) and end with EOS. A prompt is tokenized alone and with its completion; the
/// completion starts at the first id that differs, so a token across the border counts as completion.
/// </remarks>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="chat">The model's chat format; null where it has no template.</param>
/// <param name="options">Labels, length, special tokens.</param>
public sealed class RowPreparer(ITokenizer tokenizer, ChatFormat? chat, PreparationOptions options)
{
    private readonly int? _bos = options.BosToken is { } bos ? tokenizer.TokenToId(bos) : null;
    private readonly int? _eos = options.EosToken is { } eos ? tokenizer.TokenToId(eos) : null;
    private readonly int? _pad = options.PadToken is { } pad ? tokenizer.TokenToId(pad) : null;

    /// <summary>The tokenizer.</summary>
    public ITokenizer Tokenizer => tokenizer;

    /// <summary>The chat format, or null.</summary>
    public ChatFormat? Chat => chat;

    /// <summary>The settings.</summary>
    public PreparationOptions Options => options;

    /// <summary>Prepares one row.</summary>
    /// <exception cref="FormatException">The row cannot be used: no assistant turn, refused by the template, ids outside the vocabulary.</exception>
    /// <exception cref="AttuneException">The row is a chat and the model has no template.</exception>
    public PreparedRow Prepare(DataRow row) => row.Content switch
    {
        ChatContent content => Prepare(row, content),
        PairContent content => Prepare(row, content),
        TextContent content => Finish(row, Encode(WithEos(content.Text)), null),
        TokenContent content => Prepare(row, content),
        _ => throw new InvalidOperationException(row.Content.GetType().Name),
    };

    private PreparedRow Prepare(DataRow row, ChatContent content)
    {
        if (chat is null) throw NoTemplate(row);
        var signs = RowSigns.None;
        var (text, spans) = Render(content);
        var encoding = tokenizer.Encode(text, addSpecialTokens: false);
        int[] labels = [.. encoding.Ids];
        if (options.TrainOn == TrainOn.Assistant)
        {
            if (spans.Count == 0) throw new FormatException("the conversation has no assistant turn to learn from");
            Mask(labels, encoding.Offsets, spans);
        }

        if (!EndsTurn(encoding.Ids, labels)) signs |= RowSigns.EndOfTurnUnlabelled;
        if (LosesToolCalls(content.Messages, text)) signs |= RowSigns.ToolCallsLost;
        return Finish(row, encoding.Ids, labels, signs);
    }

    private PreparedRow Prepare(DataRow row, PairContent content)
    {
        var ids = Encode(content.Prompt + WithEos(content.Completion));
        int[] labels = [.. ids];
        if (options.TrainOn == TrainOn.Assistant)
        {
            var start = Encode(content.Prompt).AsSpan().CommonPrefixLength(ids);
            labels.AsSpan(0, start).Fill(Example.Ignored);
        }

        return Finish(row, ids, labels);
    }

    private PreparedRow Prepare(DataRow row, TokenContent content)
    {
        if (Array.Find(content.TokenIds, id => id >= tokenizer.VocabularySize) is var outside && outside >= tokenizer.VocabularySize)
            throw new FormatException($"token id {outside} is outside the vocabulary of {tokenizer.VocabularySize}");
        var last = Array.FindLastIndex(content.Labels, label => label != Example.Ignored);
        var masked = last >= 0 && last + 1 < content.TokenIds.Length && !IsEnd(content.TokenIds[last]) && IsEnd(content.TokenIds[last + 1]);
        return Finish(row, content.TokenIds, content.Labels, masked ? RowSigns.EosMasked : RowSigns.None);
    }

    /// <summary>The text and the spans of it that carry loss: the assistant's, after the messages that are only context.</summary>
    private (string Text, IReadOnlyList<(int Start, int End)> Spans) Render(ChatContent content)
    {
        try
        {
            var rendered = chat!.RenderForTraining(content.Messages, content.Tools);
            if (content.ContextMessages == 0) return (rendered.Text, rendered.GenerationSpans);
            var context = new JsonArray([.. content.Messages.Take(content.ContextMessages).Select(message => message!.DeepClone())]);
            var start = chat.RenderPrompt(context, content.Tools).AsSpan().CommonPrefixLength(rendered.Text);
            return (rendered.Text, [.. rendered.GenerationSpans.Where(span => span.End > start).Select(span => (Math.Max(span.Start, start), span.End))]);
        }
        catch (AttuneException e)
        {
            throw new FormatException($"the template refuses the conversation: {e.Message.TrimEnd('.')}", e);
        }
    }

    /// <summary>Takes the label from every token that shares no character with a span.</summary>
    private static void Mask(int[] labels, (int Start, int End)[] offsets, IReadOnlyList<(int Start, int End)> spans)
    {
        var next = 0; // offsets and spans are both in order of the text
        for (var i = 0; i < labels.Length; i++)
        {
            while (next < spans.Count && spans[next].End <= offsets[i].Start) next++;
            if (next == spans.Count || offsets[i].End <= spans[next].Start || offsets[i].End <= offsets[i].Start)
                labels[i] = Example.Ignored;
        }
    }

    private PreparedRow Finish(DataRow row, int[] ids, int[]? labels, RowSigns signs = RowSigns.None)
    {
        labels ??= ids;
        if (_bos is { } bos && ids is [var first, var second, ..] && first == bos && second == bos) signs |= RowSigns.DoubleBos;
        var length = ids.Length;
        if (options.MaxSequenceLength is { } maximum && length > maximum)
        {
            var kept = options.TruncationMode == TruncationMode.KeepStart ? ..maximum : ^maximum..;
            (ids, labels) = (ids[kept], labels[kept]);
        }

        return new PreparedRow(new Example(ids, labels, row.Origin, row.Label, length), signs);
    }

    /// <summary>Ids with the tokenizer's own special tokens; a text that brings its BOS or EOS does not get it twice.</summary>
    private int[] Encode(string text)
    {
        var ids = tokenizer.Encode(text).Ids.AsSpan();
        if (_bos is { } bos && options.BosToken is { } bosText && text.StartsWith(bosText, StringComparison.Ordinal) && Twice(ids, 0, bos))
            ids = ids[1..];
        if (_eos is { } eos && options.EosToken is { } eosText && text.EndsWith(eosText, StringComparison.Ordinal) && Twice(ids, ids.Length - 2, eos)
            && !text.EndsWith(eosText + eosText, StringComparison.Ordinal))
            ids = ids[..^1];
        return ids.ToArray();
    }

    private static bool Twice(ReadOnlySpan<int> ids, int at, int id) => at >= 0 && at + 1 < ids.Length && ids[at] == id && ids[at + 1] == id;

    private string WithEos(string text) =>
        options.EosToken is { } eos && !text.EndsWith(eos, StringComparison.Ordinal) ? text + eos : text;

    /// <summary>
    /// Whether the last label, line breaks after it aside, is a token that ends a turn: EOS, or a special token of the
    /// template. Where everything is trained, whether there is such a token at all.
    /// </summary>
    private bool EndsTurn(int[] ids, int[] labels)
    {
        if (options.TrainOn == TrainOn.All) return Array.Exists(ids, Ends);
        var last = Array.FindLastIndex(labels, label => label != Example.Ignored && !string.IsNullOrWhiteSpace(tokenizer.Decode([label], skipSpecialTokens: false)));
        return last >= 0 && Ends(ids[last]);

        bool Ends(int id) => id == _eos || tokenizer.IsSpecial(id);
    }

    private bool IsEnd(int id) => id == _eos || id == _pad;

    private static bool LosesToolCalls(JsonArray messages, string text) => messages
        .SelectMany(message => message!["tool_calls"] as JsonArray ?? [])
        .Select(call => JsonValues.AsString((call as JsonObject)?["function"]?["name"]))
        .Any(name => name is not null && !text.Contains(name));

    private static AttuneException NoTemplate(DataRow row) => new(
        ExitCode.Model,
        $"{row.Origin} is a conversation, and the model has no chat template.",
        "Put a chat_template.jinja beside the model, or give rows with prompt and completion.");
}
