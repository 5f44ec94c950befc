using Attune.Kernels.Attention;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;

namespace Attune.Models.Fused;

/// <summary>A decoder layer with explicit forward and backward pass: x + attention(norm(x)), then + feed-forward(norm(x)).</summary>
/// <param name="team">The threads.</param>
/// <param name="runner">Computes products.</param>
/// <param name="attention">Computes attention.</param>
/// <param name="shape">Heads.</param>
/// <param name="scratch">Shared with the other layers.</param>
internal sealed unsafe class FusedLayer(Team team, ProductRunner runner, CausalAttention attention, AttentionShape shape, FusedScratch scratch) : IDisposable
{
    /// <summary>Before attention.</summary>
    public required FusedNorm AttentionNorm { get; init; }

    /// <summary>Before the feed-forward part.</summary>
    public required FusedNorm MlpNorm { get; init; }

    public required FusedLinear Query { get; init; }

    public required FusedLinear Key { get; init; }

    public required FusedLinear Value { get; init; }

    public required FusedLinear Output { get; init; }

    public required FusedLinear Gate { get; init; }

    public required FusedLinear Up { get; init; }

    public required FusedLinear Down { get; init; }

    /// <summary>All linear layers.</summary>
    public FusedLinear[] Linears => [Query, Key, Value, Output, Gate, Up, Down];

    /// <summary>The forward pass: takes the residual stream from before the layer to after it.</summary>
    /// <param name="memory">Is written.</param>
    public void Forward(LayerMemory memory)
    {
        var (residual, middle, normed) = (scratch.Residual, scratch.Middle, scratch.Normed);
        var tokens = residual.Rows;
        var (projections, kept) = (memory.Projections(tokens), memory.Attended(tokens));

        AttentionNorm.Forward(residual, normed, memory.Input(tokens));
        runner.Run([.. Query.Low(normed), .. Key.Low(normed), .. Value.Low(normed)]);
        runner.Run(
            new Product(tokens, Query.OutFeatures, Sinks.Store(projections.Query), Query.Forward(normed)),
            new Product(tokens, Key.OutFeatures, Sinks.Store(projections.Key), Key.Forward(normed)),
            new Product(tokens, Value.OutFeatures, Sinks.Store(projections.Value), Value.Forward(normed)));
        RotaryKernel.Rotate(team, projections.Rotated, scratch.Cos, scratch.Sin);
        attention.Forward(scratch.Lengths, scratch.Prefixes, projections.Query, projections.Key, projections.Value, kept, memory.Softmax(tokens));
        var attended = scratch.Attended(team, kept);
        runner.Run([.. Output.Low(attended)]);
        runner.Run(new Product(tokens, Output.OutFeatures, Sinks.Add(residual, middle), Output.Forward(attended)));

        MlpNorm.Forward(middle, normed, memory.Middle(tokens));
        runner.Run([.. Gate.Low(normed), .. Up.Low(normed)]);
        runner.Run(new Product(tokens, Gate.OutFeatures, Activate(memory, scratch.Inner), Gate.Forward(normed), Up.Forward(normed)));
        runner.Run([.. Down.Low(scratch.Inner)]);
        runner.Run(new Product(tokens, Down.OutFeatures, Sinks.Add(middle, residual), Down.Forward(scratch.Inner)));
    }

    /// <summary>The backward pass: adds to the gradients of what is trained.</summary>
    /// <param name="memory">Of the forward pass.</param>
    /// <param name="gradient">Of the layer's result, [tokens, hidden], fp32; becomes that of its input.</param>
    /// <param name="rounded">The same in the products' type.</param>
    /// <param name="needsInput">Whether anything below is trained; else the gradient of the input is not computed.</param>
    public void Backward(LayerMemory memory, Matrix gradient, Matrix rounded, bool needsInput)
    {
        FeedForwardBackward(memory, gradient, rounded);
        AttentionBackward(memory, gradient, rounded, needsInput);
    }

    public void Dispose()
    {
        IDisposable[] all = [AttentionNorm, MlpNorm, .. Linears];
        foreach (var one in all) one.Dispose();
    }

    private void FeedForwardBackward(LayerMemory memory, Matrix gradient, Matrix rounded)
    {
        var tokens = gradient.Rows;
        var (inner, gate, up, normed) = (scratch.Inner, scratch.GateGradient, scratch.UpGradient, scratch.Normed);
        runner.Run([.. Down.LowGradient(rounded)]);
        runner.Run(FusedLinear.InputGradient(ActivateBackward(memory, gate, up, inner), (Down, rounded)));
        MlpNorm.Forward(memory.Middle(tokens), normed);
        runner.Run([.. Gate.LowGradient(gate), .. Up.LowGradient(up)]);
        Transposition.Run(team, [
            .. Transposed(inner, scratch.InnerTransposed, Down), .. Transposed(normed, scratch.NormedTransposed, Gate, Up),
            .. Down.Transposes(tokens), .. Gate.Transposes(tokens), .. Up.Transposes(tokens)]);
        runner.Run([
            FusedLinear.InputGradient(Sinks.Store(scratch.NormedGradient), (Gate, gate), (Up, up)),
            .. Down.Gradients(inner, scratch.InnerTransposed, rounded),
            .. Gate.Gradients(normed, scratch.NormedTransposed, gate), .. Up.Gradients(normed, scratch.NormedTransposed, up)]);
        MlpNorm.Backward(memory.Middle(tokens), scratch.NormedGradient, gradient, rounded);
    }

    private void AttentionBackward(LayerMemory memory, Matrix gradient, Matrix rounded, bool needsInput)
    {
        var tokens = gradient.Rows;
        var (projections, normed, gradients) = (memory.Projections(tokens), scratch.Normed, scratch.ProjectionGradients);
        var attended = scratch.Attended(team, memory.Attended(tokens));
        runner.Run([.. Output.LowGradient(rounded)]);
        runner.Run(FusedLinear.InputGradient(Sinks.Store(scratch.AttendedGradient), (Output, rounded)));
        attention.Backward(
            scratch.Lengths, projections.Query, projections.Key, projections.Value, attended, memory.Softmax(tokens), scratch.AttendedGradient,
            scratch.QueryGradient, scratch.KeyGradients, scratch.ValueGradients);
        AttentionGradients.Gather(
            team, shape, scratch.QueryGradient, scratch.KeyGradients, scratch.ValueGradients, scratch.Cos, scratch.Sin, gradients.Query, gradients.Key, gradients.Value);
        AttentionNorm.Forward(memory.Input(tokens), normed);
        runner.Run([.. Query.LowGradient(gradients.Query), .. Key.LowGradient(gradients.Key), .. Value.LowGradient(gradients.Value)]);
        Transposition.Run(team, [
            .. Transposed(attended, scratch.AttendedTransposed, Output), .. Transposed(normed, scratch.NormedTransposed, Query, Key, Value),
            .. Output.Transposes(tokens), .. Query.Transposes(tokens), .. Key.Transposes(tokens), .. Value.Transposes(tokens)]);
        var needsNormed = needsInput || AttentionNorm.IsTrained;
        runner.Run([
            .. needsNormed
                ? (Product[])[FusedLinear.InputGradient(Sinks.Store(scratch.NormedGradient), (Query, gradients.Query), (Key, gradients.Key), (Value, gradients.Value))]
                : [],
            .. Output.Gradients(attended, scratch.AttendedTransposed, rounded), .. Query.Gradients(normed, scratch.NormedTransposed, gradients.Query),
            .. Key.Gradients(normed, scratch.NormedTransposed, gradients.Key), .. Value.Gradients(normed, scratch.NormedTransposed, gradients.Value)]);
        if (needsInput) AttentionNorm.Backward(memory.Input(tokens), scratch.NormedGradient, gradient, rounded);
        else if (needsNormed) AttentionNorm.WeightGradient(memory.Input(tokens), scratch.NormedGradient);
    }

    private static (Matrix Source, Matrix Target)[] Transposed(Matrix input, TransposedMemory target, params ReadOnlySpan<FusedLinear> linears)
    {
        foreach (var linear in linears)
        {
            if (linear.TrainsWeight) return [(input, target.Of(input.Rows))];
        }

        return [];
    }

    private static TileSink Activate(LayerMemory memory, Matrix inner)
    {
        var (gate, up) = (memory.Gate(inner.Rows), memory.Up(inner.Rows));
        return (firstRow, rows, firstColumn, columns, tiles) =>
        {
            for (var row = 0; row < rows; row++)
            {
                SwiGluKernel.Forward(
                    tiles.Row(0, row), tiles.Row(1, row), gate.Type, At(gate, firstRow + row, firstColumn), At(up, firstRow + row, firstColumn),
                    inner.Type, At(inner, firstRow + row, firstColumn), columns);
            }
        };
    }

    private static TileSink ActivateBackward(LayerMemory memory, Matrix gateGradient, Matrix upGradient, Matrix inner)
    {
        var (gate, up) = (memory.Gate(inner.Rows), memory.Up(inner.Rows));
        return (firstRow, rows, firstColumn, columns, tiles) =>
        {
            for (var i = 0; i < rows; i++)
            {
                var row = firstRow + i;
                SwiGluKernel.Backward(
                    tiles.Row(0, i), gate.Type, At(gate, row, firstColumn), At(up, row, firstColumn),
                    inner.Type, At(gateGradient, row, firstColumn), At(upGradient, row, firstColumn), At(inner, row, firstColumn), columns);
            }
        };
    }

    private static byte* At(Matrix matrix, int row, int column) => matrix.Row(row) + ((nint)column * matrix.Type.Size());
}
