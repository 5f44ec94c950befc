using Attune.Models.Architectures;
using static TorchSharp.torch;

namespace Attune.Training.Objectives;

/// <summary>
/// Cross-entropy through the output layer, a chunk of rows at a time: the scores of all rows, [rows, vocabulary] in fp32,
/// would be the largest tensor of a training step. Each chunk's gradient is computed before the next one's scores.
/// </summary>
internal static class ChunkedCrossEntropy
{
    private const long ScoresBytes = 64 << 20;

    /// <summary>Rows whose scores exist at once.</summary>
    public static long RowsOfChunk(int vocabularySize, long scoresBytes = ScoresBytes) => Math.Max(1, scoresBytes / (sizeof(float) * (long)vocabularySize));

    /// <summary>Losses and the gradient with respect to the states.</summary>
    /// <param name="decoder">Its output layer's own gradient, where it is trained, is added to it.</param>
    /// <param name="states">[rows, hidden] in the compute type.</param>
    /// <param name="labels">[rows], token ids.</param>
    /// <param name="weight">Factor of the gradient.</param>
    /// <param name="scoresBytes">Size of a chunk's scores; log-probabilities and gradient take as much again, each.</param>
    /// <returns>The loss of each row, nats, and weight × ∂(sum of losses)/∂states, [rows, hidden].</returns>
    public static (float[] Losses, Tensor Gradient) WithGradient(
        LlamaDecoder decoder, Tensor states, Tensor labels, double weight, long scoresBytes = ScoresBytes)
    {
        var losses = new float[states.shape[0]];
        var gradient = empty_like(states.detach());
        foreach (var (start, count) in Chunks(decoder, states, scoresBytes))
        {
            using var scope = NewDisposeScope();
            var part = states.detach().narrow(0, start, count).requires_grad_();
            var loss = Loss(decoder, part, labels.narrow(0, start, count));
            (loss.sum() * weight).backward();
            gradient.narrow(0, start, count).copy_(part.grad!);
            loss.data<float>().CopyTo(losses.AsSpan((int)start));
        }

        return (losses, gradient);
    }

    /// <summary>The loss of each row, nats, without gradients.</summary>
    public static float[] Losses(LlamaDecoder decoder, Tensor states, Tensor labels)
    {
        var losses = new float[states.shape[0]];
        foreach (var (start, count) in Chunks(decoder, states, ScoresBytes))
        {
            using var scope = NewDisposeScope();
            Loss(decoder, states.narrow(0, start, count), labels.narrow(0, start, count)).data<float>().CopyTo(losses.AsSpan((int)start));
        }

        return losses;
    }

    // [count], fp32
    private static Tensor Loss(LlamaDecoder decoder, Tensor states, Tensor labels) =>
        nn.functional.cross_entropy(decoder.Logits(states), labels, reduction: nn.Reduction.None);

    private static IEnumerable<(long Start, long Count)> Chunks(LlamaDecoder decoder, Tensor states, long scoresBytes)
    {
        var size = RowsOfChunk(decoder.Config.VocabularySize, scoresBytes);
        for (long start = 0; start < states.shape[0]; start += size)
            yield return (start, Math.Min(size, states.shape[0] - start));
    }
}
