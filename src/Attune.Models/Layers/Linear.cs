using static TorchSharp.torch;

namespace Attune.Models.Layers;

/// <summary>
/// y = x Wᵀ + b, with room for an adapter. Products run in the input's type: the weight may be kept in that type or a
/// smaller one (frozen) or as an fp32 master (trained), which is cast on use.
/// </summary>
/// <param name="name">The Hugging Face module name, for example <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="weight">[out features, in features].</param>
/// <param name="bias">[out features], or null.</param>
public sealed class Linear(string name, Tensor weight, Tensor? bias = null)
{
    private readonly Parameter _weight = new($"{name}.weight", weight);
    private readonly Parameter? _bias = bias is null ? null : new($"{name}.bias", bias);

    /// <summary>The Hugging Face module name.</summary>
    public string Name { get; } = name;

    /// <summary>[out features, in features]. Set to replace it, for example by an fp32 master; the old one is the caller's to dispose.</summary>
    public Tensor Weight
    {
        get => _weight.Value;
        set => _weight.Value = value;
    }

    /// <summary>[out features], or null.</summary>
    public Tensor? Bias => _bias?.Value;

    /// <summary>Weight and, where there is one, bias.</summary>
    public IEnumerable<Parameter> Parameters => _bias is null ? [_weight] : [_weight, _bias];

    /// <summary>Adds to the product, for example LoRA; null: none.</summary>
    public ILinearAdapter? Adapter { get; set; }

    /// <summary>Size of the input.</summary>
    public long InFeatures => _weight.Shape[1];

    /// <summary>Size of the output.</summary>
    public long OutFeatures => _weight.Shape[0];

    /// <summary>The layer's output.</summary>
    /// <param name="input">[tokens, in features] in the compute type.</param>
    /// <returns>[tokens, out features] in the compute type.</returns>
    public Tensor Forward(Tensor input)
    {
        var output = nn.functional.linear(input, _weight.Read(input.dtype), Bias?.to(input.dtype));
        return Adapter is null ? output : Adapter.Apply(input, output);
    }
}

/// <summary>Something trained beside a frozen linear layer.</summary>
public interface ILinearAdapter
{
    /// <summary>The output with the adapter's part added.</summary>
    /// <param name="input">The layer's input, [tokens, in features].</param>
    /// <param name="output">The layer's own output, [tokens, out features]; may be consumed.</param>
    Tensor Apply(Tensor input, Tensor output);
}
