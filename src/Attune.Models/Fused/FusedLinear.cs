using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Models.Adapters.Lora;
using Attune.Models.Layers;

namespace Attune.Models.Fused;

/// <summary>
/// A frozen linear layer with or without an adapter, as products: y = x Wᵀ + low (sB)ᵀ with low = x Aᵀ; backwards
/// dx = dy W + dlow A with dlow = dy sB, dA = dlowᵀ x and dB = s dyᵀ low (Hu et al. 2021, equation 3).
/// </summary>
internal sealed unsafe class FusedLinear : IDisposable
{
    private readonly Matrix _weight;                  // [out, in]
    private readonly LoraLayer? _lora;
    private readonly ElementType _type;
    private readonly FusedLinearScratch _scratch;
    private readonly MatrixMemory? _a, _b;            // A [rank, in] and sB [out, rank], rounded for products
    private readonly MatrixMemory? _low;              // [tokens, rank], kept for the backward pass
    private readonly TrainedGradient? _gradientA, _gradientB;

    public FusedLinear(Linear linear, ElementType type, FusedLinearScratch scratch)
    {
        (_weight, _type, _scratch) = (TensorMemory.Of(linear.Weight), type, scratch);
        _lora = (LoraLayer?)linear.Adapter;
        if (_lora is null) return;
        _a = new MatrixMemory(InFeatures, type);
        _b = new MatrixMemory(Rank, type);
        _low = new MatrixMemory(Rank, type);
        (_gradientA, _gradientB) = (new TrainedGradient(_lora.A), new TrainedGradient(_lora.B));
    }

    public int InFeatures => _weight.Columns;

    public int OutFeatures => _weight.Rows;

    public bool HasAdapter => _lora is not null;

    private int Rank => (int)_lora!.A.Value.shape[0];

    /// <summary>The masters, A and B, to be rounded into what products use.</summary>
    public IEnumerable<(Matrix Master, Matrix Rounded, float Factor)> Masters()
    {
        if (_lora is null) yield break;
        yield return (TensorMemory.Of(_lora.A.Value), _a!.Of(Rank), 1);
        yield return (TensorMemory.Of(_lora.B.Value), _b!.Of(OutFeatures), (float)_lora.Scaling);
    }

    /// <summary>Takes the memory of a batch of so many tokens at once.</summary>
    public void Reserve(int tokens) => _low?.Of(tokens);

    /// <summary>low = x Aᵀ; to be run before <see cref="Forward"/>.</summary>
    public IEnumerable<Product> Low(Matrix input)
    {
        if (_lora is null) yield break;
        var low = _low!.Of(input.Rows);
        yield return new Product(input.Rows, Rank, Sinks.Store(low), [new Term(input, Panels.OfTransposed(_a!.Of(Rank)))]);
    }

    /// <summary>The terms of y.</summary>
    public Term[] Forward(Matrix input)
    {
        var own = new Term(input, Panels.OfTransposed(_weight));
        return _lora is null ? [own] : [own, new Term(_low!.Of(input.Rows), Panels.OfTransposed(_b!.Of(OutFeatures)))];
    }

    /// <summary>dlow = dy sB; to be run before the rest of the backward pass.</summary>
    public IEnumerable<Product> LowGradient(Matrix gradient)
    {
        if (_lora is null) yield break;
        yield return new Product(
            gradient.Rows, Rank, Sinks.Store(_scratch.LowGradient(gradient.Rows)), [new Term(gradient, Panels.Of(_b!.Of(OutFeatures)))]);
    }

    /// <summary>The terms of dx.</summary>
    public Term[] Backward(Matrix gradient)
    {
        var own = new Term(gradient, Panels.Of(_weight));
        return _lora is null ? [own] : [own, new Term(_scratch.LowGradient(gradient.Rows), Panels.Of(_a!.Of(Rank)))];
    }

    /// <summary>low and dlow and where they go transposed; to be run before <see cref="Gradients"/>.</summary>
    public IEnumerable<(Matrix Source, Matrix Target)> Transposes(int tokens)
    {
        if (_lora is null) yield break;
        yield return (_low!.Of(tokens), _scratch.LowTransposed(tokens));
        yield return (_scratch.LowGradient(tokens), _scratch.LowGradientTransposed(tokens));
    }

    /// <summary>Adds to the gradients of A and B.</summary>
    public IEnumerable<Product> Gradients(Matrix input, Matrix gradient)
    {
        if (_lora is null) yield break;
        var tokens = input.Rows;
        yield return new Product(Rank, InFeatures, Sinks.Accumulate(_gradientA!.Sum()), [new Term(_scratch.LowGradientTransposed(tokens), Panels.Of(input))]);
        yield return new Product(
            Rank, OutFeatures, Sinks.AccumulateTransposed(_gradientB!.Sum(), (float)_lora.Scaling), [new Term(_scratch.LowTransposed(tokens), Panels.Of(gradient))]);
    }

    public void Dispose()
    {
        foreach (var memory in (MatrixMemory?[])[_a, _b, _low]) memory?.Dispose();
        _gradientA?.Dispose();
        _gradientB?.Dispose();
    }
}
