using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Orthogonalization;

/// <summary>
/// Brings the singular values of a matrix near 1 and leaves its singular vectors: with M = UΣVᵀ, about UVᵀ. Five
/// Newton–Schulz iterations of degree five, X ← aX + (bXXᵀ + c(XXᵀ)²)X from X = M / ‖M‖, with the coefficients of Jordan et
/// al. 2024, "Muon: An optimizer for hidden layers in neural networks". They are chosen for speed: the values end between
/// 0.68 and 1.14. X has its shorter side as rows, so that XXᵀ is small.
/// </summary>
public sealed unsafe class NewtonSchulz : IDisposable
{
    private const int Iterations = 5;
    private const int Blocks = 4; // of a symmetric product, about
    private const float A = 3.4445f, B = -4.7750f, C = 2.0315f, LeastNorm = 1e-7f;

    private readonly Team _team;
    private readonly ProductRunner _runner;
    private readonly MatrixMemory _x, _next, _gram, _polynomial, _turned;

    /// <summary>For matrices of one shape and for their transposes.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="runner">Computes the products, on them; its type is that of X.</param>
    /// <param name="rows">Rows of the matrices.</param>
    /// <param name="columns">Columns of the matrices.</param>
    public NewtonSchulz(Team team, ProductRunner runner, int rows, int columns)
    {
        (_team, _runner) = (team, runner);
        var (shorter, longer, type) = (Math.Min(rows, columns), Math.Max(rows, columns), runner.Kernel.Type);
        (_x, _next, _gram, _polynomial, _turned) = (new(longer, type), new(longer, type), new(shorter, type), new(shorter, type), new(shorter, type));
    }

    /// <summary>Orthogonalizes a matrix in its place.</summary>
    /// <param name="matrix">[rows, columns], fp32.</param>
    public void Run(Matrix matrix)
    {
        var (shorter, longer) = (Math.Min(matrix.Rows, matrix.Columns), Math.Max(matrix.Rows, matrix.Columns));
        var (x, next, gram, polynomial) = (_x.Of(shorter), _next.Of(shorter), _gram.Of(shorter), _polynomial.Of(shorter));
        Begin(matrix, x);
        for (var i = 0; i < Iterations; i++)
        {
            Square(x, gram, (first, count) => Sinks.Store(gram.SliceColumns(first, count)));
            Square(gram, polynomial, (first, count) => Sum(B, gram.SliceColumns(first, count), C, polynomial.SliceColumns(first, count)));
            _runner.Run(new Product(shorter, longer, Sum(A, x, 1, next), [new Term(polynomial, Panels.Of(x))]));
            (x, next) = (next, x);
        }

        End(x, matrix);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in (MatrixMemory[])[_x, _next, _gram, _polynomial, _turned]) memory.Dispose();
    }

    // A matrix times its transpose is symmetric: what lies below the diagonal's blocks is copied, a fifth of all the work.
    private void Square(Matrix matrix, Matrix target, Func<int, int, TileSink> sinkOfColumns)
    {
        var (size, panel) = (matrix.Rows, _runner.Kernel.PanelColumns);
        var width = Math.Max(panel, size / Blocks / panel * panel);
        (int First, int Count)[] blocks = [.. Enumerable.Range(0, (size + width - 1) / width).Select(i => (i * width, Math.Min(width, size - (i * width))))];
        _runner.Run([.. blocks.Select(block => new Product(
            block.First + block.Count, block.Count, sinkOfColumns(block.First, block.Count),
            [new Term(matrix.SliceRows(0, block.First + block.Count), Panels.OfTransposed(matrix.SliceRows(block.First, block.Count)))]))]);
        Transposition.Run(_team, [.. blocks.Skip(1).Select(block => (
            target.SliceRows(0, block.First).SliceColumns(block.First, block.Count),
            target.SliceRows(block.First, block.Count).SliceColumns(0, block.First)))]);
    }

    private void Begin(Matrix matrix, Matrix x)
    {
        var factor = 1 / MathF.Max(Norm(matrix), LeastNorm);
        if (matrix.Rows <= matrix.Columns)
        {
            Conversion.Copy(_team, matrix, x, factor);
            return;
        }

        Conversion.Copy(_team, matrix, _turned.Of(matrix.Rows), factor);
        Transposition.Run(_team, (_turned.Of(matrix.Rows), x));
    }

    private void End(Matrix x, Matrix matrix)
    {
        if (matrix.Rows > matrix.Columns) Transposition.Run(_team, (x, _turned.Of(matrix.Rows)));
        Conversion.Copy(_team, matrix.Rows > matrix.Columns ? _turned.Of(matrix.Rows) : x, matrix);
    }

    // Frobenius' norm, which is no smaller than the largest singular value. The rows' sums are added in order.
    private float Norm(Matrix matrix)
    {
        var sums = new float[matrix.Rows];
        RowBlocks.Run(_team, matrix.Rows, row => sums[row] = Vector512.IsHardwareAccelerated
            ? FloatRows.SumOfSquares<Lanes512, Float32>(matrix.Row(row), matrix.Columns)
            : FloatRows.SumOfSquares<Lanes256, Float32>(matrix.Row(row), matrix.Columns));
        return (float)Math.Sqrt(sums.Sum(sum => (double)sum));
    }

    /// <summary>target = a · source + b · result, all in the kernel's type.</summary>
    private static TileSink Sum(float a, Matrix source, float b, Matrix target) => (firstRow, rows, firstColumn, columns, tiles) =>
    {
        var first = (nint)firstColumn * target.Type.Size();
        for (var row = 0; row < rows; row++)
            WeightedSum.Run(target.Type, a, source.Row(firstRow + row) + first, b, tiles.Row(0, row), target.Row(firstRow + row) + first, columns);
    };
}
