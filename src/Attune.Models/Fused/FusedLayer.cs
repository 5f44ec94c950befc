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
/// <param name="epsilon">Of the norms.</param>
/// <param name="scratch">Shared with the other layers.</param>
internal sealed unsafe class FusedLayer(Team team, ProductRunner runner, CausalAttention attention, AttentionShape shape, double epsilon, FusedScratch scratch) : IDisposable
{
    /// <summary>Weight of the norm before attention, [hidden].</summary>
    public required Matrix AttentionNorm { get; init; }

    /// <summary>Weight of the norm before the feed-forward part, [hidden].</summary>
    public required Matrix MlpNorm { get; init; }

    public required FusedLinear Query { get; init; }

    public required FusedLinear Key { get; init; }

    public required FusedLinear Value { get; init; }

    public required FusedLinear Output { get; init; }

    public required FusedLinear Gate { get; init; }

    public required FusedLinear Up { get; init; }

    public required FusedLinear Down { get; init; }

    /// <summary>All linear layers.</summary>
    public FusedLinear[] Linears => [Query, Key, Value, Output, Gate, Up, Down];

    /// <summary>Whether anything in the layer is trained.</summary>
    public bool IsTrained => Linears.Any(linear => linear.HasAdapter);

    /// <summary>The forward pass.</summary>
    /// <param name="memory">Its input is there already; the rest is written.</param>
    /// <param name="result">The residual stream after the layer, [tokens, hidden], fp32.</param>
    public void Forward(LayerMemory memory, Matrix result)
    {
        var tokens = result.Rows;
        var (input, middle, projections, attended) = (memory.Input(tokens), memory.Middle(tokens), memory.Projections(tokens), memory.Attended(tokens));
        var normed = scratch.Normed;

        RmsNormKernel.Forward(team, input, AttentionNorm.Floats(0), epsilon, normed);
        runner.Run([.. Query.Low(normed), .. Key.Low(normed), .. Value.Low(normed)]);
        runner.Run(
            new Product(tokens, Query.OutFeatures, Sinks.Store(projections.Query), Query.Forward(normed)),
            new Product(tokens, Key.OutFeatures, Sinks.Store(projections.Key), Key.Forward(normed)),
            new Product(tokens, Value.OutFeatures, Sinks.Store(projections.Value), Value.Forward(normed)));
        RotaryKernel.Rotate(team, projections.Rotated, scratch.Cos, scratch.Sin);
        attention.Forward(scratch.Lengths, projections.Query, projections.Key, projections.Value, attended, memory.Softmax(tokens));
        runner.Run([.. Output.Low(attended)]);
        runner.Run(new Product(tokens, Output.OutFeatures, Sinks.Add(input, middle), Output.Forward(attended)));

        RmsNormKernel.Forward(team, middle, MlpNorm.Floats(0), epsilon, normed);
        runner.Run([.. Gate.Low(normed), .. Up.Low(normed)]);
        runner.Run(new Product(tokens, Gate.OutFeatures, Activate(memory, scratch.Inner), Gate.Forward(normed), Up.Forward(normed)));
        runner.Run([.. Down.Low(scratch.Inner)]);
        runner.Run(new Product(tokens, Down.OutFeatures, Sinks.Add(middle, result), Down.Forward(scratch.Inner)));
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
        foreach (var linear in Linears) linear.Dispose();
    }

    private void FeedForwardBackward(LayerMemory memory, Matrix gradient, Matrix rounded)
    {
        var tokens = gradient.Rows;
        var (inner, gate, up, normed) = (scratch.Inner, scratch.GateGradient, scratch.UpGradient, scratch.Normed);
        runner.Run([.. Down.LowGradient(rounded)]);
        runner.Run(new Product(tokens, Down.InFeatures, ActivateBackward(memory, gate, up, inner), Down.Backward(rounded)));
        RmsNormKernel.Forward(team, memory.Middle(tokens), MlpNorm.Floats(0), epsilon, normed);
        runner.Run([.. Gate.LowGradient(gate), .. Up.LowGradient(up)]);
        Transposition.Run(team, [.. Down.Transposes(tokens), .. Gate.Transposes(tokens), .. Up.Transposes(tokens)]);
        runner.Run([
            new Product(tokens, Gate.InFeatures, Sinks.Store(scratch.NormedGradient), [.. Gate.Backward(gate), .. Up.Backward(up)]),
            .. Down.Gradients(inner, rounded), .. Gate.Gradients(normed, gate), .. Up.Gradients(normed, up)]);
        RmsNormKernel.Backward(team, memory.Middle(tokens), MlpNorm.Floats(0), epsilon, scratch.NormedGradient, gradient, rounded);
    }

    private void AttentionBackward(LayerMemory memory, Matrix gradient, Matrix rounded, bool needsInput)
    {
        var tokens = gradient.Rows;
        var (projections, attended, normed, gradients) = (memory.Projections(tokens), memory.Attended(tokens), scratch.Normed, scratch.ProjectionGradients);
        runner.Run([.. Output.LowGradient(rounded)]);
        runner.Run(new Product(tokens, Output.InFeatures, Sinks.Store(scratch.AttendedGradient), Output.Backward(rounded)));
        attention.Backward(
            scratch.Lengths, projections.Query, projections.Key, projections.Value, attended, memory.Softmax(tokens), scratch.AttendedGradient,
            scratch.QueryGradient, scratch.KeyGradients, scratch.ValueGradients);
        AttentionGradients.Gather(
            team, shape, scratch.QueryGradient, scratch.KeyGradients, scratch.ValueGradients, scratch.Cos, scratch.Sin, gradients.Query, gradients.Key, gradients.Value);
        RmsNormKernel.Forward(team, memory.Input(tokens), AttentionNorm.Floats(0), epsilon, normed);
        runner.Run([.. Query.LowGradient(gradients.Query), .. Key.LowGradient(gradients.Key), .. Value.LowGradient(gradients.Value)]);
        Transposition.Run(team, [.. Output.Transposes(tokens), .. Query.Transposes(tokens), .. Key.Transposes(tokens), .. Value.Transposes(tokens)]);
        Product[] trained = [
            .. Output.Gradients(attended, rounded), .. Query.Gradients(normed, gradients.Query),
            .. Key.Gradients(normed, gradients.Key), .. Value.Gradients(normed, gradients.Value)];
        if (!needsInput)
        {
            runner.Run(trained);
            return;
        }

        runner.Run([
            new Product(tokens, Query.InFeatures, Sinks.Store(scratch.NormedGradient),
                [.. Query.Backward(gradients.Query), .. Key.Backward(gradients.Key), .. Value.Backward(gradients.Value)]),
            .. trained]);
        RmsNormKernel.Backward(team, memory.Input(tokens), AttentionNorm.Floats(0), epsilon, scratch.NormedGradient, gradient, rounded);
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
