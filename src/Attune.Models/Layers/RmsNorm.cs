using static TorchSharp.torch;

namespace Attune.Models.Layers;

/// <summary>
/// y = w · x / √(mean(x²) + ε) over the last dimension (Zhang and Sennrich 2019, equation 4, with ε under the root as
/// Llama has it). Computed in fp32.
/// </summary>
/// <param name="weight">[size].</param>
/// <param name="epsilon">Keeps a zero row finite, for example 1e-5.</param>
public sealed class RmsNorm(Parameter weight, double epsilon)
{
    /// <summary>The scale of each channel, [size].</summary>
    public Parameter Weight { get; } = weight;

    /// <summary>The normalised rows.</summary>
    /// <param name="input">[tokens, size], fp32 or the compute type.</param>
    /// <param name="type">Element type of the result.</param>
    /// <returns>[tokens, size].</returns>
    public Tensor Forward(Tensor input, ScalarType type)
    {
        var x = input.to(ScalarType.Float32);
        var inverse = x.pow(2).mean([-1], keepdim: true).add(epsilon).rsqrt();   // [tokens, 1]
        return (x * inverse * Weight.Value.to(ScalarType.Float32)).to(type);
    }
}
