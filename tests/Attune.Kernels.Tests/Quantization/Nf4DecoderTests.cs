using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Quantization;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Quantization;

/// <summary>Vectors of any width, and none, give the same bits.</summary>
public class Nf4DecoderTests
{
    private static readonly float[] Scales = [0, 1e-38f, 0.0371f, 1, 3.3e38f];

    [Fact]
    public void Vectors_of_256_bits_give_the_bits_of_plain_code()
    {
        Assert.SkipUnless(Avx2.IsSupported, "this processor has no AVX2");
        RequireEqual(Nf4Decoder256.Decode, Nf4Decoder256.Decode, smallest: 8, smallestBf16: 32);
    }

    [Fact]
    public void Vectors_of_512_bits_give_the_bits_of_plain_code()
    {
        Assert.SkipUnless(Avx512BW.IsSupported, "this processor has no AVX-512");
        RequireEqual(Nf4Decoder512.Decode, Nf4Decoder512.Decode, smallest: 16, smallestBf16: 32);
    }

    /// <summary>Rounded to nearest, ties to even, as <see cref="BFloat16Bits"/> is checked against all halves of fp32.</summary>
    [Fact]
    public void Bf16_is_the_nearest_with_ties_to_even()
    {
        for (var upper = 0u; upper < 0x7F80; upper++)
        {
            var (exact, next) = (BitConverter.UInt32BitsToSingle(upper << 16), (ushort)(upper + 1));
            Assert.Equal((ushort)upper, BFloat16Bits.Of(exact));
            Assert.Equal((ushort)upper, BFloat16Bits.Of(BitConverter.UInt32BitsToSingle((upper << 16) | 0x7FFF)));
            Assert.Equal(upper % 2 == 0 ? (ushort)upper : next, BFloat16Bits.Of(BitConverter.UInt32BitsToSingle((upper << 16) | 0x8000)));
            Assert.Equal(next, BFloat16Bits.Of(BitConverter.UInt32BitsToSingle((upper << 16) | 0x8001)));
        }
    }

    private delegate int ToFloats(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<float> values, int blockSize);

    private delegate int ToBf16(ReadOnlySpan<byte> packed, ReadOnlySpan<float> absmax, Span<ushort> values, int blockSize);

    private static void RequireEqual(ToFloats floats, ToBf16 bf16, int smallest, int smallestBf16)
    {
        var packed = new byte[512];
        for (var i = 0; i < packed.Length; i++) packed[i] = (byte)(i * 37); // every pair of codes
        for (var blockSize = 1; blockSize <= 512; blockSize += blockSize < 140 ? 1 : 31)
        {
            foreach (var scales in blockSize % 2 == 0 && blockSize <= 170 ? [Scales, Scales[1..2]] : Scales.Select(scale => new[] { scale }))
            {
                var (expected, actual) = (new float[blockSize * scales.Length], new float[blockSize * scales.Length]);
                var (expectedBf16, actualBf16) = (new ushort[expected.Length], new ushort[expected.Length]);
                var done = floats(packed, scales, actual, blockSize);
                var doneBf16 = bf16(packed, scales, actualBf16, blockSize);
                Assert.Equal((blockSize / smallest * smallest, blockSize / smallestBf16 * smallestBf16), (done, doneBf16));
                for (var block = 0; block < scales.Length; block++) // what is left over stays untouched
                {
                    var first = block * blockSize;
                    Nf4Decoder.DecodeEach(packed.AsSpan(first / 2), scales[block], expected.AsSpan(first, done));
                    Nf4Decoder.DecodeEach(packed.AsSpan(first / 2), scales[block], expectedBf16.AsSpan(first, doneBf16));
                }

                Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), actual.Select(BitConverter.SingleToUInt32Bits));
                Assert.Equal(expectedBf16, actualBf16);
            }
        }
    }
}
