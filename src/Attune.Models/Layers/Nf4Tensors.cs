using System.Runtime.InteropServices;
using Attune.Kernels.Quantization;
using static TorchSharp.torch;

namespace Attune.Models.Layers;

/// <summary>Tensors to 4 bits and back.</summary>
internal static class Nf4Tensors
{
    /// <summary>Quantizes a weight from the type it has.</summary>
    /// <param name="name">For the message.</param>
    /// <param name="weight">[rows, columns], Float32 or BFloat16.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: it has numbers that are not finite.</exception>
    public static Nf4Matrix Quantize(string name, Tensor weight)
    {
        using var dense = weight.contiguous();
        var (rows, columns) = ((int)weight.shape[0], (int)weight.shape[1]);
        try
        {
            return dense.dtype == ScalarType.BFloat16
                ? Nf4Matrix.Quantize(MemoryMarshal.Cast<byte, ushort>(dense.bytes), rows, columns)
                : Nf4Matrix.Quantize(MemoryMarshal.Cast<byte, float>(dense.bytes), rows, columns);
        }
        catch (ArgumentException exception)
        {
            throw new AttuneException(ExitCode.Model, $"{name} cannot be quantized: {exception.Message}", "The file is damaged; fetch it again.");
        }
    }

    /// <summary>The values, rounded once to the type.</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="type">Float32 or BFloat16.</param>
    public static Tensor Dequantized(this Nf4Matrix matrix, ScalarType type)
    {
        var values = empty([matrix.Rows, matrix.Columns], type);
        if (type == ScalarType.BFloat16) matrix.Decode(0, MemoryMarshal.Cast<byte, ushort>(values.bytes));
        else matrix.Decode(0, MemoryMarshal.Cast<byte, float>(values.bytes));
        return values;
    }
}
