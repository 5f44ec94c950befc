using Attune.Data.Preparation;
using Attune.Models.Architectures;

namespace Attune.Bench.Training;

/// <summary>
/// The floating-point operations that the mathematics of a training step needs. What an implementation does besides
/// (padding, masked halves of attention, recomputation, element-wise passes) does not count.
/// </summary>
/// <param name="Decoder">The model.</param>
/// <param name="AdapterParameters">Numbers in LoRA's A and B; 0: none.</param>
/// <param name="TrainsBase">Whether the model's own weights are trained.</param>
internal sealed record StepWork(LlamaDecoder Decoder, long AdapterParameters, bool TrainsBase)
{
    private const double MultiplyAdd = 2;

    /// <summary>Of one step over these rows, forward and backward.</summary>
    public double Of(IReadOnlyList<Example> rows)
    {
        var config = Decoder.Config;
        double tokens = rows.Sum(row => (long)row.TokenIds.Length);
        double labelTokens = rows.Sum(row => (long)row.LabelTokens);
        double linears = Decoder.Linears.Where(linear => linear.Name != "lm_head").Sum(linear => linear.InFeatures * linear.OutFeatures);
        double head = (double)config.VocabularySize * config.HiddenSize;

        // Forward and the input's gradient; the weight's gradient where it is trained.
        var products = MultiplyAdd * (TrainsBase ? 3 : 2) * ((linears * tokens) + (head * labelTokens));
        var adapter = MultiplyAdd * 3 * AdapterParameters * tokens;

        // Scores and their sum of values, each token over itself and those before it; two products more each, backward.
        var pairs = rows.Sum(row => row.TokenIds.Length * (row.TokenIds.Length + 1.0) / 2);
        var attention = MultiplyAdd * (2 + 4) * config.Layers * config.Heads * config.HeadSize * pairs;
        return products + adapter + attention;
    }
}
