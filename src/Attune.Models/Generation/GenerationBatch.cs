using System.Runtime.InteropServices;
using Attune.Models.Architectures;
using Attune.Models.Attention;
using Attune.Models.Batches;
using Attune.Text.Tokenizers;
using static TorchSharp.torch;

namespace Attune.Models.Generation;

/// <summary>Texts generated together. Finished texts leave the batch, so that it costs only what is still to do.</summary>
internal sealed class GenerationBatch : IDisposable
{
    private readonly LlamaDecoder _decoder;
    private KeyValueCache _cache; // one sample an unfinished text
    private readonly IReadOnlyList<GenerationRequest> _requests;
    private readonly GeneratedText[] _texts;
    private List<int> _active; // indices of unfinished texts, in the order of the cache's samples
    private bool _promptsRead;

    public GenerationBatch(LlamaDecoder decoder, ITokenizer tokenizer, IReadOnlyList<GenerationRequest> requests)
    {
        (_decoder, _requests) = (decoder, requests);
        foreach (var request in requests) Require(request);
        _texts = [.. requests.Select(request => new GeneratedText(request, tokenizer, Context - request.PromptIds.Length))];
        _active = [.. Enumerable.Range(0, requests.Count)];
        _cache = new KeyValueCache(decoder, Math.Max(1, requests.Count), requests.Select(Room).DefaultIfEmpty(1).Max());
    }

    public bool IsFinished => _active.Count == 0;

    public IReadOnlyList<GenerationResult> Results => [.. _texts.Select(text => text.Result)];

    private int Context => _decoder.Config.MaxPositions;

    /// <summary>Gives every unfinished text its next token.</summary>
    public void Step(Action<int, string>? onText)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var logits = _decoder.Logits(_promptsRead ? ReadLastTokens() : ReadPrompts()); // [unfinished, vocabulary], fp32
        _promptsRead = true;
        var values = MemoryMarshal.Cast<byte, float>(logits.contiguous().bytes);
        var vocabulary = (int)logits.shape[1];
        var kept = new List<int>(); // positions in _active
        for (var i = 0; i < _active.Count; i++)
        {
            var text = _texts[_active[i]];
            var piece = text.Accept(values.Slice(i * vocabulary, vocabulary));
            if (piece.Length > 0) onText?.Invoke(_active[i], piece);
            if (text.Ended is null) kept.Add(i);
        }

        if (kept.Count == _active.Count) return;
        _active = [.. kept.Select(i => _active[i])];
        if (kept.Count == 0) return;
        using var all = _cache;
        _cache = all.Select(kept);
    }

    public void Dispose() => _cache.Dispose();

    // One pass over all prompts end to end; only the last hidden state of each goes to the head.
    private Tensor ReadPrompts()
    {
        var prompts = PackedBatch.Of([.. _requests.Select(request => request.PromptIds)]);
        var hidden = _decoder.Forward(prompts, _cache); // [tokens, hidden]
        var ends = prompts.Lengths.ToArray();
        for (var i = 1; i < ends.Length; i++) ends[i] += ends[i - 1];
        return hidden.index_select(0, tensor([.. ends.Select(end => end - 1L)]));
    }

    private Tensor ReadLastTokens()
    {
        int[] ids = [.. _active.Select(i => _texts[i].LastId)];
        return _decoder.Forward(new PackedBatch(ids, [.. ids.Select(_ => 1)]), _cache);
    }

    // Tokens to allocate for a text; the cache grows where long ones go on.
    private int Room(GenerationRequest request) => request.PromptIds.Length + Math.Min(request.MaxNewTokens, 256);

    private void Require(GenerationRequest request)
    {
        if (request.PromptIds.Length == 0)
            throw new AttuneException(ExitCode.Usage, "The prompt is empty: there is nothing to go on from.", "Give a text with --prompt.");
        if (request.PromptIds.Length >= Context)
            throw new AttuneException(ExitCode.Usage, $"The prompt has {request.PromptIds.Length} tokens; the model's context has room for {Context}, with what is generated.");
        if (request.PromptIds.FirstOrDefault(id => (uint)id >= _decoder.Config.VocabularySize) is var unknown and not 0)
            throw new AttuneException(ExitCode.Usage, $"The prompt holds the token id {unknown}; the model has {_decoder.Config.VocabularySize} tokens.", "Is the tokenizer that of this model?");
        if (request.MaxNewTokens < 1)
            throw new AttuneException(ExitCode.Usage, $"max-new-tokens is {request.MaxNewTokens}; expected at least 1.");
        request.Sampling.Validate();
    }
}
