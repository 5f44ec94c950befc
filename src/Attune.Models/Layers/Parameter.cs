using static TorchSharp.torch;

namespace Attune.Models.Layers;

/// <summary>
/// One weight of the checkpoint. Kept in the compute type while frozen (norms in fp32); a trained one is replaced by an
/// fp32 master, which layers cast on use.
/// </summary>
/// <param name="name">The Hugging Face name, for example <c>model.layers.0.mlp.up_proj.weight</c>.</param>
/// <param name="value">The weight; owned by the model from here on.</param>
public sealed class Parameter(string name, Tensor value)
{
    /// <summary>The Hugging Face name.</summary>
    public string Name { get; } = name;

    /// <summary>The weight. Set to replace it; the old one is the caller's to dispose.</summary>
    public Tensor Value { get; set; } = value;

    /// <summary>Whether a backward pass computes its gradient. Loaded weights are frozen.</summary>
    public bool IsTrained
    {
        get => Value.requires_grad;
        set => Value.requires_grad = value;
    }
}
