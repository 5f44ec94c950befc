using System.Diagnostics;

namespace Attune.Kernels.Memory;

/// <summary>A view of a row-major matrix in memory that does not move. It owns nothing.</summary>
public readonly unsafe struct Matrix
{
    /// <summary>A view.</summary>
    /// <param name="data">First element of the first row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="stride">Bytes from one row to the next.</param>
    /// <param name="type">Type of the elements.</param>
    public Matrix(byte* data, int rows, int columns, nint stride, ElementType type)
    {
        Data = data;
        (Rows, Columns, Stride, Type) = (rows, columns, stride, type);
    }

    /// <summary>First element of the first row.</summary>
    public byte* Data { get; }

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Elements of a row.</summary>
    public int Columns { get; }

    /// <summary>Bytes from one row to the next.</summary>
    public nint Stride { get; }

    /// <summary>Type of the elements.</summary>
    public ElementType Type { get; }

    /// <summary>A view of rows that lie without gaps.</summary>
    public static Matrix Dense(byte* data, int rows, int columns, ElementType type) =>
        new(data, rows, columns, (nint)columns * type.Size(), type);

    /// <summary>First element of a row.</summary>
    public byte* Row(int row)
    {
        Debug.Assert((uint)row < (uint)Rows, "row out of range");
        return Data + (row * Stride);
    }

    /// <summary>First element of a row of fp32.</summary>
    public float* Floats(int row)
    {
        Debug.Assert(Type == ElementType.Float32, "not fp32");
        return (float*)Row(row);
    }

    /// <summary>Some of the columns.</summary>
    public Matrix SliceColumns(int first, int count)
    {
        Debug.Assert(first >= 0 && first + count <= Columns, "columns out of range");
        return new Matrix(Data + ((nint)first * Type.Size()), Rows, count, Stride, Type);
    }

    /// <summary>Some of the rows.</summary>
    public Matrix SliceRows(int first, int count)
    {
        Debug.Assert(first >= 0 && first + count <= Rows, "rows out of range");
        return new Matrix(Data + (first * Stride), count, Columns, Stride, Type);
    }

    /// <summary>Sets every element to zero.</summary>
    public void Clear()
    {
        for (var row = 0; row < Rows; row++) new Span<byte>(Row(row), Columns * Type.Size()).Clear();
    }
}
