using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;

namespace Attune.Models.Fused;

/// <summary>
/// A linear layer as products: y = x Wᵀ + b and what an adapter adds; backwards dx = dy W, dW = dyᵀ x and db = the sum of dy
/// over tokens, where they are trained.
/// </summary>
/// <param name="weight">W, [out, in].</param>
/// <param name="bias">[1, out], or null.</param>
/// <param name="adapter">What is added, or null.</param>
/// <param name="ones">For biases.</param>
internal sealed class FusedLinear(FusedWeight weight, FusedWeight? bias, FusedAdapter? adapter, Ones ones) : IDisposable
{
    public int InFeatures => weight.Columns;

    public int OutFeatures => weight.Rows;

    public FusedAdapter? Adapter => adapter;

    /// <summary>Whether the weight itself is trained.</summary>
    public bool TrainsWeight => weight.Gradient is not null;

    /// <summary>What an adapter needs before <see cref="Forward"/>.</summary>
    public IEnumerable<Product> Low(Matrix input) => adapter is null ? [] : [adapter.Low(input)];

    /// <summary>The terms of y.</summary>
    public Term[] Forward(Matrix input)
    {
        var own = new Term(input, weight.Transposed);
        Term[] fromBias = bias is null ? [] : [new Term(ones.Column(input.Rows), bias.Plain)];
        return adapter is null ? [own, .. fromBias] : [own, .. fromBias, adapter.Forward(input.Rows)];
    }

    /// <summary>What an adapter needs before the rest of the backward pass.</summary>
    public IEnumerable<Product> LowGradient(Matrix gradient) => adapter is null ? [] : [adapter.LowGradient(gradient)];

    /// <summary>dx of layers with the same input: the sum of what each gives.</summary>
    /// <param name="sink">Takes it as the first result.</param>
    /// <param name="parts">The layers and the gradients of their outputs.</param>
    public static Product InputGradient(TileSink sink, params ReadOnlySpan<(FusedLinear Linear, Matrix Gradient)> parts)
    {
        var (sum, masked, masks) = (new List<Term>(), new List<Term>(), new List<DropoutMask>());
        foreach (var (linear, gradient) in parts)
        {
            sum.Add(linear.OwnBackward(gradient));
            if (linear.Adapter is not { } adapter) continue;
            var term = adapter.Backward(gradient.Rows);
            if (adapter.Mask is not { } mask)
            {
                sum.Add(term);
                continue;
            }

            masked.Add(term);
            masks.Add(mask);
        }

        return new Product(
            parts[0].Gradient.Rows, parts[0].Linear.InFeatures, masks.Count == 0 ? sink : Masked([.. masks], sink),
            [[.. sum], .. masked.Select(term => (Term[])[term])]);
    }

    /// <summary>What goes transposed before <see cref="Gradients"/>, besides the input.</summary>
    public IEnumerable<(Matrix Source, Matrix Target)> Transposes(int tokens) => adapter is null ? [] : adapter.Transposes(tokens);

    /// <summary>Adds to the gradients of what is trained.</summary>
    /// <param name="input">[tokens, in].</param>
    /// <param name="inputTransposed">[in, tokens], written where <see cref="TrainsWeight"/>.</param>
    /// <param name="gradient">Of the output, [tokens, out].</param>
    public IEnumerable<Product> Gradients(Matrix input, TransposedMemory inputTransposed, Matrix gradient)
    {
        // As the transpose of xᵀ dy: the input is narrower than all outputs that share it, so less is transposed.
        if (weight.Gradient is { } ofWeight)
        {
            yield return new Product(
                InFeatures, OutFeatures, ofWeight.TransposedSink(), [new Term(inputTransposed.Of(input.Rows), Panels.Of(gradient))]);
        }

        if (bias?.Gradient is { } ofBias)
            yield return new Product(1, OutFeatures, ofBias.Sink(), [new Term(ones.Row(input.Rows), Panels.Of(gradient))]);
        if (adapter is null) yield break;
        foreach (var product in adapter.Gradients(input, gradient)) yield return product;
    }

    public void Dispose()
    {
        adapter?.Dispose();
        weight.Dispose();
        bias?.Dispose();
    }

    /// <summary>Adds results after the first to it, each under its mask.</summary>
    private static unsafe TileSink Masked(DropoutMask[] masks, TileSink sink) => (firstRow, rows, firstColumn, columns, tiles) =>
    {
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < masks.Length; i++) masks[i].Add(firstRow + row, firstColumn, tiles.Row(i + 1, row), tiles.Row(0, row), columns);
        }

        sink(firstRow, rows, firstColumn, columns, tiles);
    };

    private Term OwnBackward(Matrix gradient) => new(gradient, weight.Plain);
}
