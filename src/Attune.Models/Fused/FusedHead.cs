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
/// <param name="norm">Weight of the final norm, [hidden].</param>
/// <param name="weight">Of the output layer, [vocabulary, hidden].</param>
/// <param name="epsilon">Of the norm.</param>
internal sealed unsafe class FusedHead(Team team, ProductRunner runner, Matrix norm, Matrix weight, double epsilon) : IDisposable
{
    /// <summary>Size of a chunk's scores.</summary>
    public const int ScoresBytes = 48 << 20;

    private readonly MatrixMemory _rows = new(weight.Columns, ElementType.Float32), _gradients = new(weight.Columns, ElementType.Float32);
    private readonly MatrixMemory _normedGradients = new(weight.Columns, ElementType.Float32), _normed = new(weight.Columns, weight.Type);
    private readonly MatrixMemory _scores = new(weight.Rows, weight.Type);
    private readonly int _chunk = Math.Max(8, ScoresBytes / (weight.Rows * weight.Type.Size()) / 8 * 8);

    /// <summary>Losses, and the gradient of the residual stream where it is wanted.</summary>
    /// <param name="residual">[tokens, hidden], fp32.</param>
    /// <param name="positions">Rows that predict a label.</param>
    /// <param name="labels">Their labels.</param>
    /// <param name="factor">Of the gradient; null: none is computed.</param>
    /// <param name="gradient">[tokens, hidden], fp32, all zero; gets weight × ∂(sum of losses)/∂residual.</param>
    /// <returns>The loss of each position, nats.</returns>
    public float[] Run(Matrix residual, int[] positions, int[] labels, float? factor, Matrix gradient)
    {
        var losses = new float[positions.Length];
        for (var first = 0; first < positions.Length; first += _chunk)
        {
            var count = Math.Min(_chunk, positions.Length - first);
            var (rows, normed, scores) = (_rows.Of(count), _normed.Of(count), _scores.Of(count));
            Conversion.Gather(team, residual, positions.AsMemory(first, count), rows);
            RmsNormKernel.Forward(team, rows, norm.Floats(0), epsilon, normed);
            runner.Run(new Product(count, weight.Rows, Sinks.Store(scores), [new Term(normed, Panels.OfTransposed(weight))]));
            CrossEntropyKernel.Run(team, scores, labels.AsMemory(first, count), factor, losses.AsMemory(first, count));
            if (factor is null) continue;

            var (normedGradients, gradients) = (_normedGradients.Of(count), _gradients.Of(count));
            runner.Run(new Product(count, weight.Columns, Sinks.Store(normedGradients), [new Term(scores, Panels.Of(weight))]));
            gradients.Clear();
            RmsNormKernel.Backward(team, rows, norm.Floats(0), epsilon, normedGradients, gradients);
            for (var i = 0; i < count; i++)
                new ReadOnlySpan<float>(gradients.Floats(i), weight.Columns).CopyTo(new Span<float>(gradient.Floats(positions[first + i]), weight.Columns));
        }

        return losses;
    }

    public void Dispose()
    {
        MatrixMemory[] all = [_rows, _gradients, _normedGradients, _normed, _scores];
        foreach (var memory in all) memory.Dispose();
    }
}
