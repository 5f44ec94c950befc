using Attune.Kernels.Memory;

namespace Attune.Kernels.Tests;

/// <summary>A matrix of normally distributed numbers, rounded to its type. What lies between its rows is zero.</summary>
internal sealed unsafe class RandomMatrix : IDisposable
{
    private readonly MatrixMemory _memory;

    public RandomMatrix(int rows, int columns, ElementType type, int seed)
    {
        _memory = new MatrixMemory(columns, type);
        View = _memory.Of(rows);
        var random = new Random(seed);
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                if (type == ElementType.Float32) View.Floats(row)[column] = value;
                else ((ushort*)View.Row(row))[column] = (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
            }
        }
    }

    public Matrix View { get; }

    public float this[int row, int column] => View.Type == ElementType.Float32
        ? View.Floats(row)[column]
        : BitConverter.UInt32BitsToSingle((uint)((ushort*)View.Row(row))[column] << 16);

    public void Dispose() => _memory.Dispose();
}
