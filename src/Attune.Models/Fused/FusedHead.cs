using Attune.Kernels.Loss;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;

namespace Attune.Models.Fused;

/// <summary>
/// Final norm, output layer and cross-entropy of the rows that predict a label, a chunk of rows at a time: the scores become
/// their own gradient in place.
/// </summary>
/// <param name="team">The threads.</param>
/// <param name="runner">Computes products.</param>
/// <param name="norm">The final norm.</param>
/// <param name="linear">The output layer, hidden → vocabulary.</param>
internal sealed unsafe class FusedHead(Team team, ProductRunner runner, FusedNorm norm, FusedLinear linear) : IDisposable
{
    private const int ScoresBytes = 48 << 20;

    private readonly MatrixMemory _rows = new(linear.InFeatures, ElementType.Float32), _gradients = new(linear.InFeatures, ElementType.Float32);
    private readonly MatrixMemory _normedGradients = new(linear.InFeatures, ElementType.Float32);
    private readonly MatrixMemory _normed = new(linear.InFeatures, runner.Kernel.Type), _rounded = new(linear.InFeatures, runner.Kernel.Type);
    private readonly MatrixMemory _scores = new(linear.OutFeatures, runner.Kernel.Type);
    private readonly TransposedMemory _normedTransposed = new(linear.InFeatures, runner.Kernel.Type);
    private readonly int _chunk = RowsOfChunk(linear.OutFeatures, runner.Kernel.Type.Size());

    /// <summary>Rows whose scores exist at once.</summary>
    /// <param name="vocabulary">Scores of a row.</param>
    /// <param name="elementSize">Bytes of a score.</param>
    public static int RowsOfChunk(int vocabulary, int elementSize) => Math.Max(8, ScoresBytes / (vocabulary * elementSize) / 8 * 8);

    /// <summary>The output layer.</summary>
    public FusedLinear Linear => linear;

    /// <summary>The loss of each position, nats.</summary>
    /// <param name="residual">[tokens, hidden], fp32.</param>
    /// <param name="positions">Rows that predict a label.</param>
    /// <param name="labels">Their labels.</param>
    public float[] Losses(Matrix residual, int[] positions, int[] labels)
    {
        var losses = new float[positions.Length];
        foreach (var (first, count) in Chunks(positions.Length))
            CrossEntropyKernel.Run(team, Scores(residual, positions.AsMemory(first, count)), labels.AsMemory(first, count), null, losses.AsMemory(first, count));
        return losses;
    }

    /// <summary>Losses, and gradients: adds to those of what is trained.</summary>
    /// <param name="residual">[tokens, hidden], fp32.</param>
    /// <param name="positions">Rows that predict a label.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="factor">Of the gradient.</param>
    /// <param name="gradient">[tokens, hidden], fp32; becomes factor × ∂(sum of losses)/∂residual.</param>
    /// <param name="rounded">The same in the products' type.</param>
    /// <returns>The loss of each position, nats.</returns>
    public float[] Backward(Matrix residual, int[] positions, int[] labels, float factor, Matrix gradient, Matrix rounded)
    {
        gradient.Clear();
        rounded.Clear();
        var losses = new float[positions.Length];
        foreach (var (first, count) in Chunks(positions.Length))
        {
            var scores = Scores(residual, positions.AsMemory(first, count));
            CrossEntropyKernel.Run(team, scores, labels.AsMemory(first, count), factor, losses.AsMemory(first, count));
            var (gradients, roundedGradients) = Backward(scores);
            for (var i = 0; i < count; i++)
            {
                var row = positions[first + i];
                Copy(gradients, i, gradient, row);
                Copy(roundedGradients, i, rounded, row);
            }
        }

        return losses;
    }

    public void Dispose()
    {
        IDisposable[] all = [_rows, _gradients, _normedGradients, _normed, _rounded, _scores, _normedTransposed, norm, linear];
        foreach (var one in all) one.Dispose();
    }

    private IEnumerable<(int First, int Count)> Chunks(int rows)
    {
        for (var first = 0; first < rows; first += _chunk) yield return (first, Math.Min(_chunk, rows - first));
    }

    private Matrix Scores(Matrix residual, ReadOnlyMemory<int> positions)
    {
        var count = positions.Length;
        var (rows, normed, scores) = (_rows.Of(count), _normed.Of(count), _scores.Of(count));
        Conversion.Gather(team, residual, positions, rows);
        norm.Forward(rows, normed);
        linear.Adapter?.Begin(count);
        runner.Run([.. linear.Low(normed)]);
        runner.Run(new Product(count, linear.OutFeatures, Sinks.Store(scores), linear.Forward(normed)));
        return scores;
    }

    // Of the rows of a chunk, given the scores' own.
    private (Matrix Gradients, Matrix Rounded) Backward(Matrix scores)
    {
        var count = scores.Rows;
        var (rows, normed) = (_rows.Of(count), _normed.Of(count));
        var (normedGradients, gradients, rounded) = (_normedGradients.Of(count), _gradients.Of(count), _rounded.Of(count));
        runner.Run([.. linear.LowGradient(scores)]);
        if (linear.TrainsWeight) Transposition.Run(team, (normed, _normedTransposed.Of(count)));
        Transposition.Run(team, [.. linear.Transposes(count)]);
        runner.Run([FusedLinear.InputGradient(Sinks.Store(normedGradients), (linear, scores)), .. linear.Gradients(normed, _normedTransposed, scores)]);
        gradients.Clear();
        norm.Backward(rows, normedGradients, gradients, rounded);
        return (gradients, rounded);
    }

    private static void Copy(Matrix source, int row, Matrix target, int targetRow) =>
        Buffer.MemoryCopy(source.Row(row), target.Row(targetRow), source.Columns * source.Type.Size(), source.Columns * source.Type.Size());
}
