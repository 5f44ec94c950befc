using System.Runtime.Intrinsics.X86;
using Attune.Models.Numerics;
using TorchSharp;

namespace Attune.Bench;

/// <summary>The computer that was measured.</summary>
/// <param name="Processor">Its name.</param>
/// <param name="Avx2">256-bit vectors.</param>
/// <param name="Avx512">512-bit vectors.</param>
/// <param name="Bf16Unit">Whether torch's bf16 products are measured to be no slower than those in fp32.</param>
/// <param name="Cores">Logical processors.</param>
/// <param name="Threads">Threads torch multiplies with.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Load">Processes that were running or waiting in the minute before; far above 0 the figures are too low.</param>
internal sealed record Machine(string Processor, bool Avx2, bool Avx512, bool Bf16Unit, int Cores, int Threads, long Memory, double? Load)
{
    public static Machine Describe() => new(
        FirstLine("/proc/cpuinfo", "model name")?.Split(':', 2)[1].Trim() ?? "unknown",
        System.Runtime.Intrinsics.X86.Avx2.IsSupported, Avx512F.IsSupported,
        ProductSpeeds.OfThisMachine.Torch.Best == torch.ScalarType.BFloat16,
        Environment.ProcessorCount, torch.get_num_threads(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        FirstLine("/proc/loadavg", "") is { } load ? double.Parse(load.Split(' ')[0]) : null);

    /// <summary>In one line.</summary>
    public override string ToString()
    {
        string[] units = [.. Avx2 ? ["AVX2"] : (string[])[], .. Avx512 ? ["AVX-512"] : (string[])[], Bf16Unit ? "bf16 units" : "no bf16 unit"];
        return $"{Processor} ({string.Join(", ", units)}), {Cores} cores, {Threads} threads, {Memory / 1e9:0} GB, load before {Load:0.0}";
    }

    private static string? FirstLine(string file, string beginning) =>
        File.Exists(file) ? File.ReadLines(file).FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) : null;
}
