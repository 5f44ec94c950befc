using Attune.Models.Architectures;
using Attune.Models.Fused;
using Attune.Models.Layers;
using Attune.Training.Objectives;
using static TorchSharp.torch;

namespace Attune.Training.Preflight;

/// <summary>
/// What a training step needs at its peak, bytes: added up from the sizes of what its path, fused or plain, keeps for the
/// backward pass, plus what the process needs before any of it.
/// </summary>
/// <param name="Runtime">.NET, torch and their buffers before a model is loaded.</param>
/// <param name="Weights">The model: frozen weights in the compute type, trained ones as fp32 masters, on the plain path also their casts.</param>
/// <param name="Training">Gradients and adapters, fp32, and the optimizer's state.</param>
/// <param name="Activations">What the layers keep of the largest micro-batch.</param>
/// <param name="Logits">A chunk of logits and its gradient.</param>
public sealed record MemoryEstimate(long Runtime, long Weights, long Training, long Activations, long Logits)
{
    private const long RuntimeBytes = 300_000_000; // measured: what the cases of bench/training take besides what is added up here

    /// <summary>All of it.</summary>
    public long Total => Runtime + Weights + Training + Activations + Logits;

    /// <summary>Estimates a step.</summary>
    /// <param name="decoder">The model with what is trained of it: adapters attached or masters made.</param>
    /// <param name="step">Its size and how it is computed.</param>
    /// <param name="trained">Numbers trained.</param>
    /// <param name="optimizerState">Size of the optimizer's state, bytes.</param>
    public static MemoryEstimate Of(LlamaDecoder decoder, StepShape step, long trained, long optimizerState)
    {
        var element = decoder.ComputeType == ScalarType.BFloat16 ? 2L : 4L;
        if (step.IsFused)
        {
            var memory = FusedMemory.Of(decoder, step.Tokens, step.Recomputes);
            var inModel = decoder.Parameters.Where(parameter => parameter.IsTrained).Sum(parameter => parameter.Value.numel());
            return new MemoryEstimate(
                RuntimeBytes, decoder.Parameters.Sum(parameter => parameter.Bytes),
                (sizeof(float) * (trained + (trained - inModel))) + optimizerState, memory.Kept + memory.Shared, memory.Scores);
        }

        return new MemoryEstimate(
            RuntimeBytes,
            decoder.Parameters.Sum(parameter => Bytes(parameter, element)),
            (sizeof(float) * trained) + optimizerState,
            decoder.Config.Layers * step.Tokens * BytesOfToken(decoder, element, step.Longest),
            3L * sizeof(float) * Math.Min(ChunkedCrossEntropy.RowsOfChunk(decoder.Config.VocabularySize), step.Tokens) * decoder.Config.VocabularySize);
    }

    // A trained fp32 weight is cast to bf16 for its product, and autograd keeps the cast until the backward pass.
    private static long Bytes(Parameter parameter, long element) =>
        parameter.Bytes + (parameter.IsTrained && element == 2 ? 2 * parameter.Count : 0);

    /// <summary>What one layer keeps of one token.</summary>
    private static long BytesOfToken(LlamaDecoder decoder, long element, int longest)
    {
        var config = decoder.Config;
        long hidden = config.HiddenSize, inner = config.IntermediateSize;
        long query = config.Heads * config.HeadSize, shared = config.KeyValueHeads * config.HeadSize;
        var norms = 2 * ((3 * 4 * hidden) + (element * hidden));                      // residual, its square root's product, the result
        var projections = element * 3 * (query + (2 * shared));                      // as they come, joined, and in attention's order
        var rotation = 4 * (query + shared);
        var attention = element * ((2 * query) + (2L * config.Heads * Math.Min(longest, 384))); // result twice; scores and probabilities
        var feedForward = element * 4 * inner;                                        // gate, up, silu(gate), their product
        var adapters = decoder.Linears.Any(linear => linear.Adapter is not null)
            ? element * (hidden + query + (2 * shared) + (2 * inner))                 // sums with the adapters' parts
            : 0;
        return norms + projections + rotation + attention + feedForward + adapters;
    }
}

/// <summary>What a step takes at once.</summary>
/// <param name="IsFused">Whether it is computed on the fused path.</param>
/// <param name="Recomputes">Whether layers are computed again for their backward pass.</param>
/// <param name="Tokens">Tokens of the largest micro-batch.</param>
/// <param name="Longest">Tokens of the longest sample.</param>
public sealed record StepShape(bool IsFused, bool Recomputes, int Tokens, int Longest);
