using Attune.Kernels.Memory;

namespace Attune.Kernels.Products;

/// <summary>One product A · B of a sum.</summary>
/// <param name="A">[rows, depth] in the kernel's type. In bf16 with an odd depth, one more finite number follows each row.</param>
/// <param name="B">[depth, columns].</param>
public readonly record struct Term(Matrix A, Panels B);

/// <summary>Takes a piece of a result while it is still in the cache.</summary>
/// <param name="firstRow">Row of its first number.</param>
/// <param name="rows">Rows.</param>
/// <param name="firstColumn">Column of its first number.</param>
/// <param name="columns">Columns.</param>
/// <param name="tiles">The sums, fp32: one tile after the other.</param>
public delegate void TileSink(int firstRow, int rows, int firstColumn, int columns, Tiles tiles);

/// <summary>A piece of one or more results of equal shape, fp32.</summary>
public readonly unsafe struct Tiles(float* data, int width, int rows)
{
    /// <summary>A row of a tile.</summary>
    /// <param name="tile">Which result.</param>
    /// <param name="row">Row of the piece.</param>
    public float* Row(int tile, int row) => data + ((((nint)tile * rows) + row) * width);

    /// <summary>Some rows of a tile.</summary>
    /// <param name="tile">Which result.</param>
    /// <param name="row">First row.</param>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Columns from the first on.</param>
    public Matrix Part(int tile, int row, int count, int columns) => new((byte*)Row(tile, row), count, columns, (nint)width * sizeof(float), ElementType.Float32);
}

/// <summary>Sums of products that are computed together and given to a sink.</summary>
/// <param name="rows">Rows of the results.</param>
/// <param name="columns">Columns of the results.</param>
/// <param name="sink">Takes them.</param>
/// <param name="results">The terms of each result; results of one product have equal shapes.</param>
public sealed class Product(int rows, int columns, TileSink sink, params Term[][] results)
{
    /// <summary>Rows of the results.</summary>
    public int Rows { get; } = rows;

    /// <summary>Columns of the results.</summary>
    public int Columns { get; } = columns;

    /// <summary>The terms of each result.</summary>
    public Term[][] Results { get; } = results;

    /// <summary>Takes the results, piece by piece, on several threads.</summary>
    public TileSink Sink { get; } = sink;
}
