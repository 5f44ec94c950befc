using Attune.Kernels.Memory;
using Attune.Kernels.Threads;

namespace Attune.Kernels.Products;

/// <summary>
/// Computes products on all threads. A task is a panel of columns × a block of rows: the panel is laid out once, every row
/// block of A passes over it, and the sink gets the sums from the second-level cache.
/// </summary>
/// <param name="team">The threads.</param>
/// <param name="kernel">The innermost part.</param>
public sealed unsafe class ProductRunner(Team team, ProductKernel kernel) : IDisposable
{
    private const int PanelBytes = 192 << 10, TileBytes = 192 << 10; // of one thread; together less than its second-level cache
    private const int TasksPerThread = 6, LeastRows = 64;

    private readonly MatrixMemory _scratch = new(PanelBytes + TileBytes, ElementType.BFloat16);
    // Sums of more than some hundred products in one fp32 number lose digits that an fp32 model has; a bf16 model has not.
    private readonly int _depthBlock = kernel.Type == ElementType.Float32 ? 256 : PanelBytes / (kernel.PanelColumns * kernel.Type.Size()) / 2 * 2;

    /// <summary>The innermost part.</summary>
    public ProductKernel Kernel { get; } = kernel;

    /// <summary>Computes products that do not depend on each other; there may be none.</summary>
    public void Run(params Product[] products)
    {
        if (products.Length == 0) return;
        var scratch = _scratch.Of(team.Threads);
        var panels = products.Sum(product => Blocks(product.Columns, Kernel.PanelColumns));
        var rowBlocks = Blocks(team.Threads * TasksPerThread, panels);
        var tasks = new List<(Product Product, int Column, int Row, int Rows)>();
        foreach (var product in products)
        {
            var rows = RowsOfTask(product, rowBlocks);
            for (var column = 0; column < product.Columns; column += Kernel.PanelColumns)
            {
                for (var row = 0; row < product.Rows; row += rows) tasks.Add((product, column, row, Math.Min(rows, product.Rows - row)));
            }
        }

        team.Run(tasks.Count, (task, worker) =>
        {
            var (product, column, row, rows) = tasks[task];
            Compute(product, column, row, rows, scratch.Row(worker));
        }, KernelKind.Products);
    }

    /// <inheritdoc/>
    public void Dispose() => _scratch.Dispose();

    private static int Blocks(int count, int size) => (count + size - 1) / size;

    // All rows where panels are enough to keep the threads busy, for then each panel is laid out once; fewer where they are not.
    private int RowsOfTask(Product product, int rowBlocks)
    {
        var fit = TileBytes / (sizeof(float) * Kernel.PanelColumns * product.Results.Length);
        var wanted = Math.Max(LeastRows, Blocks(product.Rows, rowBlocks));
        return Blocks(Math.Min(fit, wanted), Kernel.BlockRows) * Kernel.BlockRows is var rows && rows > fit ? rows - Kernel.BlockRows : rows;
    }

    private void Compute(Product product, int firstColumn, int firstRow, int rows, byte* scratch)
    {
        var (width, group) = (Kernel.PanelColumns, Kernel.Group);
        var columns = Math.Min(width, product.Columns - firstColumn);
        var isInPlace = Kernel.ReadsInPlace(product.Rows, columns);
        var tiles = new Tiles((float*)(scratch + PanelBytes), width, rows);
        for (var result = 0; result < product.Results.Length; result++)
        {
            var isFirst = true;
            foreach (var term in product.Results[result])
            {
                var depth = 0;
                if (isInPlace && term.B.Depth >= group && term.B.InPlace(Kernel.Type) is { } b)
                {
                    depth = term.B.Depth / group * group;
                    Kernel.MultiplyInPlace(
                        term.A.Row(firstRow), term.A.Stride, b.Row(0) + ((nint)firstColumn * b.Type.Size()), b.Stride, tiles.Row(result, 0), width * sizeof(float),
                        depth, rows, columns, accumulate: !isFirst);
                    isFirst = false;
                }

                for (; depth < term.B.Depth; depth += _depthBlock)
                {
                    var count = Math.Min(_depthBlock, term.B.Depth - depth);
                    term.B.Pack(firstColumn, columns, depth, count, scratch, Kernel);
                    var a = term.A.Row(firstRow) + ((nint)depth * Kernel.Type.Size());
                    Kernel.Multiply(a, term.A.Stride, scratch, tiles.Row(result, 0), width * sizeof(float), Blocks(count, group) * group, rows, columns, accumulate: !isFirst);
                    isFirst = false;
                }
            }
        }

        product.Sink(firstRow, rows, firstColumn, columns, tiles);
    }
}
