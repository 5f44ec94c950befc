using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// The adapter of one linear layer: adds scaling · (drop(x) Aᵀ) Bᵀ to its output (Hu et al. 2021, equation 3).
/// A and B are fp32 masters, cast to the compute type on use.
/// </summary>
internal sealed class LoraLayer(Linear target, Parameter a, Parameter b, double scaling, LoraDropout dropout, int number) : ILinearAdapter
{
    private long _tokensOfStep;

    public Linear Target { get; } = target;

    /// <summary>[rank, in features].</summary>
    public Parameter A { get; } = a;

    /// <summary>[out features, rank].</summary>
    public Parameter B { get; } = b;

    /// <summary>Factor of the product of A and B.</summary>
    public double Scaling { get; } = scaling;

    /// <summary>Whether parts of the input are left out in training.</summary>
    public bool HasDropout => dropout.Probability > 0;

    /// <inheritdoc/>
    public Tensor Apply(Tensor input, Tensor output)
    {
        var dropped = dropout.IsOn ? Drop(input) : input;
        var low = nn.functional.linear(dropped, A.Value.to(input.dtype)); // [tokens, rank]
        return addmm(output, low, B.Value.to(input.dtype).t(), beta: 1, alpha: (float)Scaling);
    }

    public void StartStep() => _tokensOfStep = 0;

    /// <summary>What a merge adds to the weight: scaling · B A, [out features, in features], fp32.</summary>
    public Tensor Delta()
    {
        using var scope = NewDisposeScope();
        return (B.Value.to(ScalarType.Float32).matmul(A.Value.to(ScalarType.Float32)) * Scaling).MoveToOuterDisposeScope();
    }

    private Tensor Drop(Tensor input)
    {
        var (tokens, columns) = (input.shape[0], input.shape[1]);
        var mask = DropoutMask.Create(dropout.Seed, dropout.Step, number, _tokensOfStep, tokens, columns, dropout.Probability);
        _tokensOfStep += tokens;
        return input * mask.to(input.dtype);
    }
}

/// <summary>What the dropout of all layers of an adapter shares.</summary>
internal sealed class LoraDropout(double probability, long seed)
{
    public double Probability { get; } = probability;

    public long Seed { get; } = seed;

    public long Step { get; set; }

    /// <summary>Training, not evaluation or generation.</summary>
    public bool IsTraining { get; set; }

    public bool IsOn => IsTraining && Probability > 0;
}
