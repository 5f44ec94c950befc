using Attune.Models.Architectures;
using static TorchSharp.torch;

namespace Attune.Evaluation.Scoring;

/// <summary>Log-probabilities of label tokens, with logits made for these tokens only and a bounded number at a time.</summary>
internal static class LabelLogProbabilities
{
    private const int Chunk = 256; // rows of logits at a time: 50 MB for a vocabulary of 49,152

    /// <summary>log p(label) for each place, nats.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="hidden">[tokens, hidden size], what <see cref="LlamaDecoder.Forward"/> returned.</param>
    /// <param name="places">Rows of <paramref name="hidden"/>, each the token before a label.</param>
    /// <param name="labels">Token id that each place should predict.</param>
    public static double[] Of(LlamaDecoder decoder, Tensor hidden, IReadOnlyList<long> places, IReadOnlyList<long> labels)
    {
        var result = new double[places.Count];
        for (var start = 0; start < places.Count; start += Chunk)
        {
            using var scope = NewDisposeScope();
            var count = Math.Min(Chunk, places.Count - start);
            long[] rows = [.. places.Skip(start).Take(count)];
            long[] targets = [.. labels.Skip(start).Take(count)];
            var logits = decoder.Logits(hidden.index_select(0, tensor(rows)));                       // [count, vocabulary]
            var chosen = logits.gather(1, tensor(targets).unsqueeze(1)).squeeze(1) - logits.logsumexp(1); // [count]
            var values = chosen.data<float>();
            for (var i = 0; i < count; i++) result[start + i] = values[i];
        }

        return result;
    }
}
