using Attune.Kernels.Quantization;
using static TorchSharp.torch;

namespace Attune.Models.Layers;

/// <summary>
/// One weight of the checkpoint. Kept in the storage type while frozen (norms in fp32), or in 4 bits; a trained one is
/// replaced by an fp32 master, which layers cast on use.
/// </summary>
public sealed class Parameter : IDisposable
{
    private Tensor? _value;

    /// <summary>A weight.</summary>
    /// <param name="name">The Hugging Face name, for example <c>model.layers.0.mlp.up_proj.weight</c>.</param>
    /// <param name="value">The weight; owned by the model from here on.</param>
    public Parameter(string name, Tensor value)
    {
        (Name, _value, Shape) = (name, value, value.shape);
    }

    /// <summary>The Hugging Face name.</summary>
    public string Name { get; }

    /// <summary>Its shape, in 4 bits too.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>How many numbers it has.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    /// <summary>Memory it takes, bytes.</summary>
    public long Bytes => Quantized?.Bytes ?? (Count * Value.element_size());

    /// <summary>The weight in 4 bits; null: it is not quantized.</summary>
    public Nf4Matrix? Quantized { get; private set; }

    /// <summary>The weight. Set to replace it; the old one is the caller's to dispose.</summary>
    /// <exception cref="InvalidOperationException">It is quantized: <see cref="Read"/> gives its values.</exception>
    public Tensor Value
    {
        get => _value ?? throw new InvalidOperationException($"{Name} is quantized.");
        set => _value = value;
    }

    /// <summary>Whether a backward pass computes its gradient. Loaded weights are frozen, quantized ones stay so.</summary>
    public bool IsTrained
    {
        get => _value is { requires_grad: true };
        set
        {
            if (value || Quantized is null) Value.requires_grad = value;
        }
    }

    /// <summary>The weight in a type: itself where it has it, else a cast or what its 4 bits stand for.</summary>
    /// <param name="type">Float32 or BFloat16.</param>
    public Tensor Read(ScalarType type) => Quantized is { } quantized ? quantized.Dequantized(type) : Value.to(type);

    /// <summary>Puts NF4 in the place of the tensor.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the weight has numbers that are not finite.</exception>
    public void Quantize()
    {
        using var tensor = Value;
        Quantized = Nf4Tensors.Quantize(Name, tensor);
        _value = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _value?.Dispose();
        Quantized?.Dispose();
    }
}
