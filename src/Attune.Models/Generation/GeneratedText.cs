using System.Text;
using Attune.Text.Tokenizers;

namespace Attune.Models.Generation;

/// <summary>One text in the making: chooses its tokens, decodes them, and knows when it ends.</summary>
/// <param name="request">The prompt and how to go on.</param>
/// <param name="tokenizer">Decodes.</param>
/// <param name="room">Most new tokens that the model's context has room for.</param>
internal sealed class GeneratedText(GenerationRequest request, ITokenizer tokenizer, int room)
{
    private readonly Sampler _sampler = new(request.Sampling, request.PromptIds);
    private readonly IDecodeStream _decoding = tokenizer.StartDecoding();
    private readonly StopStrings _stops = new(request.StopStrings);
    private readonly List<int> _ids = [];
    private readonly StringBuilder _text = new();
    private int _decoded; // characters that the tokens have given, stop strings and held back text included

    /// <summary>Why the text ended; null while it goes on.</summary>
    public FinishReason? Ended { get; private set; }

    /// <summary>The token chosen last.</summary>
    public int LastId => _ids[^1];

    /// <summary>What there is so far.</summary>
    public GenerationResult Result => new([.. _ids], _text.ToString(), Ended ?? FinishReason.Length);

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">One per id of the vocabulary.</param>
    /// <returns>New text that no stop string can take back; perhaps none.</returns>
    public string Accept(ReadOnlySpan<float> logits)
    {
        var id = _sampler.Next(logits);
        _ids.Add(id);
        if (request.StopTokenIds.Contains(id)) return Finish(FinishReason.StopToken, _ids.Count - 1);

        var text = Emit(_decoding.Next(id) ?? "");
        if (_stops.IsMet) Ended = FinishReason.StopString;
        else if (_ids.Count >= Math.Min(request.MaxNewTokens, room)) text += Finish(FinishReason.Length, _ids.Count);
        return text;
    }

    // Half a character at the end, and what looked like the beginning of a stop string, are text after all.
    private string Finish(FinishReason reason, int tokens)
    {
        Ended = reason;
        var whole = tokenizer.Decode([.. _ids.Take(tokens)]);
        var text = whole.Length > _decoded ? Emit(whole[_decoded..]) : "";
        var rest = _stops.Finish();
        _text.Append(rest);
        return text + rest;
    }

    private string Emit(string piece)
    {
        _decoded += piece.Length;
        var text = _stops.Push(piece);
        _text.Append(text);
        return text;
    }
}
