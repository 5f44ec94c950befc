using static TorchSharp.torch;

namespace Attune.Models.Layers;

/// <summary>
/// Rotary position embeddings (Su et al. 2021, equation 34) of one batch, in the Hugging Face order: dimension i of a
/// head turns with dimension i + head size ÷ 2.
/// </summary>
public sealed class RotaryTable
{
    /// <summary>Cos and sin of each token's angles.</summary>
    /// <param name="frequencies">Radians per position, head size ÷ 2 values.</param>
    /// <param name="positions">Position of each token in its sample.</param>
    /// <param name="factor">What cos and sin are multiplied by (YaRN), else 1.</param>
    public RotaryTable(float[] frequencies, int[] positions, double factor)
    {
        var angles = tensor(positions).to(ScalarType.Float32).unsqueeze(1) * tensor(frequencies);   // [tokens, head size / 2]
        Cos = (angles.cos() * factor).unsqueeze(1);
        Sin = (angles.sin() * factor).unsqueeze(1);
    }

    /// <summary>[tokens, 1, head size ÷ 2], fp32.</summary>
    public Tensor Cos { get; }

    /// <summary>[tokens, 1, head size ÷ 2], fp32.</summary>
    public Tensor Sin { get; }

    /// <summary>The heads turned by their tokens' angles, computed in fp32.</summary>
    /// <param name="heads">[tokens, heads, head size].</param>
    /// <returns>The same shape and type.</returns>
    public Tensor Rotate(Tensor heads)
    {
        var halves = heads.to(ScalarType.Float32).split(heads.shape[2] / 2, 2);
        var (first, second) = (halves[0], halves[1]);
        return cat([(first * Cos) - (second * Sin), (second * Cos) + (first * Sin)], 2).to(heads.dtype);
    }
}
