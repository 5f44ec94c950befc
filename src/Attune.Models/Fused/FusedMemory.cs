using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using static TorchSharp.torch;

namespace Attune.Models.Fused;

/// <summary>What the fused path takes besides the model and the trained tensors, bytes: the sizes of its buffers added up.</summary>
/// <param name="Kept">What layers keep for the backward pass, <see cref="LayerMemory"/>, and the adapters' low-rank results.</param>
/// <param name="Shared">What layers share, <see cref="FusedScratch"/>, and the adapters rounded for products.</param>
/// <param name="Scores">A chunk of scores, and what the output layer reads and gives for it.</param>
public sealed record FusedMemory(long Kept, long Shared, long Scores)
{
    /// <summary>All of it.</summary>
    public long Total => Kept + Shared + Scores;

    /// <summary>Of a decoder with what is trained of it.</summary>
    /// <param name="decoder">One for which <see cref="FusedDecoder.IsFor"/> holds.</param>
    /// <param name="tokens">Tokens of the largest micro-batch.</param>
    /// <param name="recomputes">Whether layers are computed again for their backward pass.</param>
    public static FusedMemory Of(LlamaDecoder decoder, int tokens, bool recomputes = false)
    {
        var config = decoder.Config;
        var (element, kept) = (Size(decoder.ComputeType), Size(decoder.Precision.Storage));
        long hidden = config.HiddenSize, inner = config.IntermediateSize;
        long query = config.Heads * config.HeadSize, projections = query + (2L * config.KeyValueHeads * config.HeadSize);
        var adapters = decoder.Linears.Select(linear => linear.Adapter).OfType<LoraLayer>().ToArray();
        var ranks = adapters.Sum(adapter => adapter.A.Value.shape[0]);
        var layer = (kept * ((2 * hidden) + projections + query + (2 * inner))) + (2 * sizeof(float) * config.Heads);

        var keeping = recomputes ? 1 : Math.Min(config.Layers, config.Layers - TrainedLayers.First(decoder) + 1); // one for all that keep nothing

        // fp32: residual stream twice, gradients of stream and norm, those of attention's heads.
        var shared = (sizeof(float) * ((4 * hidden) + (3 * query))) + (element * ((2 * hidden) + (3 * inner) + query + projections));
        if (decoder.Linears.Any(linear => linear.Parameters.First().IsTrained)) shared += element * (hidden + query + inner); // transposed
        if (kept != element) shared += element * query; // what attention gave, copied
        if (adapters.Any(adapter => adapter.HasDropout)) shared += element * ((5 * hidden) + query + inner);

        var rows = Math.Min(tokens, FusedHead.RowsOfChunk(config.VocabularySize, element));
        return new FusedMemory(
            tokens * ((keeping * layer) + (element * ranks) + (recomputes ? config.Layers * sizeof(float) * hidden : 0)),
            (tokens * shared) + (element * adapters.Sum(adapter => adapter.A.Value.numel() + adapter.B.Value.numel())),
            rows * ((element * ((long)config.VocabularySize + (2 * hidden))) + (3 * sizeof(float) * hidden)));
    }

    private static int Size(ScalarType type) => type == ScalarType.BFloat16 ? 2 : 4;
}
