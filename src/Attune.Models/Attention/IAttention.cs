using static TorchSharp.torch;

namespace Attune.Models.Attention;

/// <summary>Causal attention over the samples of one batch, which is the same in every layer but for the tensors.</summary>
internal interface IAttention
{
    /// <summary>Position of each token in its sample, cached tokens included.</summary>
    int[] Positions { get; }

    /// <summary>Tokens of the longest sample, cached ones included.</summary>
    int Length { get; }

    /// <summary>softmax(q kᵀ / √head size) v within each sample, each token seeing itself and those before it.</summary>
    /// <param name="layer">Index of the decoder layer.</param>
    /// <param name="query">[tokens, heads, head size]; heads that share a key/value head lie together.</param>
    /// <param name="key">[tokens, key/value heads, head size].</param>
    /// <param name="value">[tokens, key/value heads, head size].</param>
    /// <returns>[tokens, heads × head size].</returns>
    Tensor Attend(int layer, Tensor query, Tensor key, Tensor value);
}
