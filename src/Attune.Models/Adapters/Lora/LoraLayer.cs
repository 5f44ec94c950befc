using System.Runtime.InteropServices;
using Attune.Kernels.Rows;
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
        var dropped = NextMask(input.shape[0]) is { } mask ? Drop(input, mask) : input;
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

    /// <summary>The dropout of the step's next tokens; null: there is none now.</summary>
    public DropoutMask? NextMask(long tokens)
    {
        if (!dropout.IsOn) return null;
        _tokensOfStep += tokens;
        return new DropoutMask(dropout.Seed, dropout.Step, number, _tokensOfStep - tokens, dropout.Probability);
    }

    private static Tensor Drop(Tensor input, DropoutMask mask)
    {
        using var factors = empty(input.shape, ScalarType.Float32);
        var values = MemoryMarshal.Cast<byte, float>(factors.bytes);
        var columns = (int)input.shape[1];
        for (var token = 0; token < input.shape[0]; token++) mask.Factors(token, 0, values.Slice(token * columns, columns));
        return input * factors.to(input.dtype);
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
