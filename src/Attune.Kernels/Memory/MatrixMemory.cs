using System.Runtime.InteropServices;

namespace Attune.Kernels.Memory;

/// <summary>
/// Owns the memory of a matrix, zeroed and aligned to 64 bytes. It grows when more rows are asked for and never shrinks, so
/// that a training step allocates nothing once the largest batch was seen. Rows begin at multiples of 64 bytes; what lies
/// between them stays zero as long as nobody writes there, which the bf16 kernel counts on for an odd number of columns.
/// </summary>
public sealed unsafe class MatrixMemory : IDisposable
{
    private const int Alignment = 64, Page = 4096;

    private readonly int _columns;
    private readonly ElementType _type;
    private readonly nint _stride;
    private byte* _data;
    private int _rows;

    /// <summary>Memory for rows of this many elements; none is taken before <see cref="Of"/>.</summary>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="type">Type of the elements.</param>
    public MatrixMemory(int columns, ElementType type)
    {
        (_columns, _type) = (columns, type);
        _stride = StrideOf(columns, type);
    }

    /// <summary>Frees memory that nobody disposed.</summary>
    ~MatrixMemory() => Free();

    /// <summary>Bytes taken.</summary>
    public long Bytes => (long)_stride * _rows;

    /// <summary>Bytes from one row to the next, here and in every other matrix of this width.</summary>
    /// <param name="columns">Elements of a row.</param>
    /// <param name="type">Type of the elements.</param>
    public static nint StrideOf(int columns, ElementType type)
    {
        var stride = (((nint)columns * type.Size()) + Alignment - 1) & -Alignment;
        return stride % Page == 0 ? stride + Alignment : stride; // rows a page apart would share the lines of the first cache
    }

    /// <summary>A view of the first rows. Views taken before may be invalid afterwards, and their contents lost, where more rows are asked for than ever before.</summary>
    public Matrix Of(int rows)
    {
        if (rows > _rows)
        {
            Free();
            var bytes = (nuint)(_stride * rows);
            _data = (byte*)NativeMemory.AlignedAlloc(bytes, Alignment);
            NativeMemory.Clear(_data, bytes);
            _rows = rows;
        }

        return new Matrix(_data, rows, _columns, _stride, _type);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_data);
        _data = null;
        _rows = 0;
    }
}
