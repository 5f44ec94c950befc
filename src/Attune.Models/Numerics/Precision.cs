using System.Text.Json.Serialization;
using static TorchSharp.torch;

namespace Attune.Models.Numerics;

/// <summary>The types of a model's numbers. Norms, softmax, the residual stream and losses are fp32 whatever they are.</summary>
/// <param name="Compute">Type of products: Float32 or BFloat16.</param>
/// <param name="Storage">Type of frozen weights and of what layers keep for the backward pass: the compute type, or BFloat16 beside products in Float32.</param>
/// <param name="Quantization">Of frozen linear layers.</param>
public sealed record Precision(ScalarType Compute, ScalarType Storage, Quantization Quantization = Quantization.None)
{
    /// <summary>Everything in one type.</summary>
    /// <param name="type">Float32 or BFloat16.</param>
    public Precision(ScalarType type)
        : this(type, type)
    {
    }
}

/// <summary>Formats of fewer than 16 bits for frozen weights.</summary>
public enum Quantization
{
    /// <summary>None: the storage type.</summary>
    None,

    /// <summary>
    /// NF4 with double quantization, about half a byte a weight, for all linear layers but the output layer: QLoRA
    /// (Dettmers et al. 2023).
    /// </summary>
    [JsonStringEnumMemberName("nf4")]
    Nf4,
}
