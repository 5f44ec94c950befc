using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Attune.Kernels.Memory;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Quantization;

/// <summary>
/// A matrix of 4-bit weights with double quantization: NF4 in blocks of 64, scales in 8 bits, about 0.516 bytes a weight.
/// It lies in native memory, aligned to 64 bytes, until it is disposed. Reading is safe from several threads.
/// </summary>
public sealed unsafe class Nf4Matrix : IDisposable
{
    private const int Alignment = 64;
    private const int ScalesAtOnce = 128;

    private readonly int _packedBytes;
    private readonly int _blocks;
    private readonly int _nestedBlocks;
    private byte* _memory; // packed codes, then nested scales, then the codes of the scales

    private Nf4Matrix(int rows, int columns)
    {
        (Rows, Columns) = (rows, columns);
        var count = checked(rows * columns);
        _packedBytes = Nf4.PackedBytes(count);
        _blocks = Nf4.Blocks(count);
        _nestedBlocks = EightBitBlocks.Blocks(_blocks);
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(Alignment, NestedStart + (sizeof(float) * _nestedBlocks) + _blocks), Alignment);
    }

    /// <summary>Frees memory that nobody disposed.</summary>
    ~Nf4Matrix() => Free();

    /// <summary>Rows.</summary>
    public int Rows { get; }

    /// <summary>Values of a row.</summary>
    public int Columns { get; }

    /// <summary>What all scales have in common.</summary>
    public float Offset { get; private set; }

    /// <summary>Codes, two a byte; valid until disposal.</summary>
    public ReadOnlySpan<byte> Packed => PackedSpan;

    /// <summary>The scales' codes, one a block of 64; valid until disposal.</summary>
    public ReadOnlySpan<byte> AbsmaxCodes => AbsmaxCodesSpan;

    /// <summary>The scales' scales, one for 256 of them; valid until disposal.</summary>
    public ReadOnlySpan<float> NestedAbsmax => NestedAbsmaxSpan;

    /// <summary>Size of codes, scales and offset, bytes.</summary>
    public long Bytes => (long)_packedBytes + _blocks + (sizeof(float) * (_nestedBlocks + 1L));

    /// <summary><see cref="Bytes"/> by number of weights.</summary>
    public double BytesPerWeight => Bytes / ((double)Rows * Columns);

    private long NestedStart => ((long)_packedBytes + 3) & ~3L;

    private Span<byte> PackedSpan => new(Memory, _packedBytes);

    private Span<float> NestedAbsmaxSpan => new(Memory + NestedStart, _nestedBlocks);

    private Span<byte> AbsmaxCodesSpan => new(Memory + NestedStart + (sizeof(float) * _nestedBlocks), _blocks);

    private byte* Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory is null, this);
            return _memory;
        }
    }

    /// <summary>Quantizes fp32 weights.</summary>
    /// <param name="values">Finite weights, row by row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Weights of a row.</param>
    /// <exception cref="ArgumentException">Not rows × columns weights, or one is infinite or not a number.</exception>
    public static Nf4Matrix Quantize(ReadOnlySpan<float> values, int rows, int columns) => Quantize<float>(values, rows, columns);

    /// <summary>Quantizes bf16 weights.</summary>
    /// <param name="bf16">Bits of finite weights, row by row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Weights of a row.</param>
    /// <exception cref="ArgumentException">Not rows × columns weights, or one is infinite or not a number.</exception>
    public static Nf4Matrix Quantize(ReadOnlySpan<ushort> bf16, int rows, int columns) => Quantize<ushort>(bf16, rows, columns);

    /// <summary>The fp32 values from one on, in row-major order and on through the rows.</summary>
    /// <param name="firstValue">Number of the first value.</param>
    /// <param name="target">Receives values; any number of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">Values beyond the end.</exception>
    public void Decode(long firstValue, Span<float> target) => Decode<float>(firstValue, target);

    /// <summary>As <see cref="Decode(long, Span{float})"/>, each value rounded to bf16, ties to even.</summary>
    /// <param name="firstValue">Number of the first value.</param>
    /// <param name="bf16">Receives the bits of values; any number of them.</param>
    /// <exception cref="ArgumentOutOfRangeException">Values beyond the end.</exception>
    public void Decode(long firstValue, Span<ushort> bf16) => Decode<ushort>(firstValue, bf16);

    /// <summary>Part of the matrix.</summary>
    /// <param name="row">First row.</param>
    /// <param name="column">First column.</param>
    /// <param name="target">Receives so many rows and columns, fp32 or, each value rounded, bf16.</param>
    /// <exception cref="ArgumentOutOfRangeException">It reaches beyond the matrix.</exception>
    public void Decode(int row, int column, Matrix target)
    {
        if (row < 0 || column < 0 || row > Rows - target.Rows || column > Columns - target.Columns)
            throw new ArgumentOutOfRangeException(nameof(target), $"{target.Rows} × {target.Columns} from ({row}, {column}) are not in {Rows} × {Columns}.");
        fixed (float* map = DynamicMap.Signed.Values)
        {
            var scales = new Nf4Scales(Memory + NestedStart + (sizeof(float) * _nestedBlocks), (float*)(Memory + NestedStart), map, Offset);
            for (var i = 0; i < target.Rows; i++)
            {
                var first = ((long)(row + i) * Columns) + column;
                var isFp32 = target.Type == ElementType.Float32;
                if (!Nf4Part512.IsFor(first, target.Columns))
                {
                    if (isFp32) Decode(first, new Span<float>(target.Row(i), target.Columns));
                    else Decode(first, new Span<ushort>(target.Row(i), target.Columns));
                }
                else if (isFp32)
                {
                    Nf4Part512.Decode(_memory, scales, first, target.Floats(i), target.Columns);
                }
                else
                {
                    Nf4Part512.Decode(_memory, scales, first, (ushort*)target.Row(i), target.Columns);
                }
            }
        }

        GC.KeepAlive(this); // pointers do not keep the finalizer away
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static Nf4Matrix Quantize<T>(ReadOnlySpan<T> values, int rows, int columns)
        where T : unmanaged
    {
        if (values.Length != (long)rows * columns) throw new ArgumentException($"{rows} × {columns} weights expected, found {values.Length}.", nameof(values));
        var matrix = new Nf4Matrix(rows, columns);
        try
        {
            var absmax = new float[matrix._blocks];
            if (typeof(T) == typeof(float)) Nf4.Quantize(MemoryMarshal.Cast<T, float>(values), matrix.PackedSpan, absmax);
            else QuantizeWidened(MemoryMarshal.Cast<T, ushort>(values), matrix.PackedSpan, absmax);
            matrix.Offset = DoubleQuantization.Quantize(absmax, matrix.AbsmaxCodesSpan, matrix.NestedAbsmaxSpan);
            return matrix;
        }
        catch
        {
            matrix.Dispose();
            throw;
        }
    }

    private static void QuantizeWidened(ReadOnlySpan<ushort> bf16, Span<byte> packed, Span<float> absmax)
    {
        Span<float> buffer = stackalloc float[16 * Nf4.BlockSize];
        for (var start = 0; start < bf16.Length; start += buffer.Length)
        {
            var values = buffer[..Math.Min(buffer.Length, bf16.Length - start)];
            for (var i = 0; i < values.Length; i++) values[i] = BFloat16Bits.Widen(bf16[start + i]);
            Nf4.Quantize(values, packed.Slice(start / 2, Nf4.PackedBytes(values.Length)), absmax.Slice(start / Nf4.BlockSize, Nf4.Blocks(values.Length)));
        }
    }

    [SkipLocalsInit]
    private void Decode<T>(long firstValue, Span<T> target)
        where T : unmanaged
    {
        if (firstValue < 0 || firstValue > ((long)Rows * Columns) - target.Length)
            throw new ArgumentOutOfRangeException(nameof(firstValue), firstValue, $"At least {target.Length} values before the end at {(long)Rows * Columns}.");
        if (firstValue % 2 != 0 && target.Length > 0) // the second half of a byte
        {
            Span<T> pair = stackalloc T[2];
            Decode(firstValue - 1, pair);
            target[0] = pair[1];
            Decode(firstValue + 1, target[1..]);
            return;
        }

        Span<float> absmax = stackalloc float[ScalesAtOnce];
        var first = (int)firstValue;
        while (target.Length > 0)
        {
            var (block, skipped) = (first / Nf4.BlockSize, first % Nf4.BlockSize);
            var count = Math.Min(target.Length, (ScalesAtOnce * Nf4.BlockSize) - skipped);
            var scales = absmax[..Nf4.Blocks(skipped + count)];
            DoubleQuantization.Dequantize(AbsmaxCodes, NestedAbsmax, Offset, block, scales);
            Nf4.Decode(Packed[(first / 2)..], scales, target[..count], Nf4.BlockSize, skipped);
            first += count;
            target = target[count..];
        }

        GC.KeepAlive(this); // spans do not keep the finalizer away
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
