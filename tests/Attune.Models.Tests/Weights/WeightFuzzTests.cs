using Attune.Models.Weights;
using CsCheck;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

/// <summary>Valid files with bytes changed, cut out, put in or cut off: each is read or refused with a message, nothing else.</summary>
public sealed class WeightFuzzTests : IDisposable
{
    // Bytes of numbers that break careless arithmetic, and of JSON.
    private static readonly byte[][] Pieces =
    [
        [0], [0xFF], [0x7F], [0x80], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0, 0, 0, 0, 0x80], [0, 0, 0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0],
        [.. "9223372036854775807"u8], [.. "-1"u8], [.. "0,"u8], [.. "\""u8], [.. "{"u8], [.. "}"u8], [.. "["u8], [.. "\\ud800"u8], [.. "1e99"u8],
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("attune").FullName;

    public static TheoryData<string> Files =>
    [
        "gguf/malformed/valid-tiny-llama.gguf", "gguf/malformed/valid-every-value-type.gguf", "gguf/malformed/valid-alignment-64.gguf",
        "gguf/malformed-safetensors/valid-metadata.safetensors", "gguf/malformed-safetensors/valid-empty-tensor.safetensors",
    ];

    [Theory, MemberData(nameof(Files))]
    public void A_damaged_file_is_read_or_refused(string golden) => Fuzz(golden, iterations: 500);

    [Theory, MemberData(nameof(Files))]
    public void A_damaged_file_is_read_or_refused_at_length(string golden)
    {
        Goldens.OnlyInFullRun("50,000 damaged files");
        Fuzz(golden, iterations: 10_000);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Fuzz(string golden, int iterations)
    {
        var valid = File.ReadAllBytes(Goldens.Path(golden));
        var path = Path.Combine(_folder, $"x{Path.GetExtension(golden)}");
        var (read, refused) = (0, 0);
        var damage = Gen.Select(Gen.Int[0, valid.Length - 1], Gen.Int[0, 4], Gen.Int[0, Pieces.Length - 1], Gen.Byte).Array[1, 4];
        damage.Sample(
            changes =>
            {
                var bytes = changes.Aggregate(valid, Damage);
                File.WriteAllBytes(path, bytes);
                if (IsRead(path, bytes.Length)) read++;
                else refused++;
            },
            iter: iterations,
            threads: 1);
        Assert.Equal(iterations, read + refused);
        Assert.True(read > 0 && refused > 0, $"{read} read, {refused} refused: the damage does not reach both"); // else the fuzzer is blind
    }

    private static bool IsRead(string path, int length)
    {
        try
        {
            using var scope = NewDisposeScope();
            var before = GC.GetAllocatedBytesForCurrentThread();
            using IWeightSource source = Path.GetExtension(path) == ".gguf" ? GgufFile.Open(path) : SafetensorsFile.Open(path);
            foreach (var (name, info) in source.Tensors)
            {
                Assert.InRange(info.Bytes, 0, length);
                Assert.Equal(info.Shape, source.Load(name).shape);
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20, "more memory than the file can justify");
            return true;
        }
        catch (AttuneException exception) when (exception.Code == ExitCode.Model)
        {
            return false;
        }
    }

    private static byte[] Damage(byte[] bytes, (int At, int Kind, int Piece, byte Value) change)
    {
        var at = Math.Min(change.At, bytes.Length);
        var piece = Pieces[change.Piece];
        return change.Kind switch
        {
            0 when at < bytes.Length => [.. bytes[..at], change.Value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], .. piece, .. bytes[Math.Min(at + piece.Length, bytes.Length)..]],
            2 => [.. bytes[..at], .. piece, .. bytes[at..]],
            3 => [.. bytes[..at], .. bytes[Math.Min(at + piece.Length, bytes.Length)..]],
            _ => bytes[..at],
        };
    }
}
