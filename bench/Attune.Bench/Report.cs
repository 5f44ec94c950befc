using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Attune.Bench;

/// <summary>What one case came to; what it does not measure is null.</summary>
internal sealed record Measurement
{
    public string Case { get; init; } = "";

    /// <summary>Of the median step, prefill or decoding.</summary>
    public double? TokensPerSecond { get; init; }

    /// <summary>Of the median step, the prefill, one decoded token of every text, or the load.</summary>
    public double? Seconds { get; init; }

    /// <summary>Steps or passes measured.</summary>
    public int? Repetitions { get; init; }

    /// <summary>The matrix-product peak measured in the same process, 10⁹ floating-point operations a second.</summary>
    public double? PeakGflops { get; init; }

    /// <summary>Floating-point operations that the mathematics of the median step needs, ÷ its time, ÷ the peak.</summary>
    public double? ShareOfPeak { get; init; }

    /// <summary>Highest resident memory of the process, loading included, bytes.</summary>
    public long? PeakMemory { get; init; }

    /// <summary>What a dry run would have said of <see cref="PeakMemory"/>, bytes.</summary>
    public long? EstimatedMemory { get; init; }

    /// <summary>By how much of the memory needed the estimate is off: above 0 it is too high.</summary>
    public double? EstimateError => ((double?)EstimatedMemory / PeakMemory) - 1;

    /// <summary>Shares of a step's time: kernels by kind, optimizer, rest.</summary>
    public Dictionary<string, double>? Breakdown { get; init; }

    /// <summary>Why nothing was measured, or what is to be known of it.</summary>
    public string? Note { get; init; }

    /// <summary>With something more to be known.</summary>
    public Measurement WithNote(string more) => this with { Note = Note is null ? more : $"{more}; {Note}" };
}

/// <summary>All that one call measured.</summary>
internal sealed record Report(Machine Machine, IReadOnlyList<Measurement> Measurements)
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Table()
    {
        var text = new StringBuilder().AppendLine(Machine.ToString()).AppendLine()
            .AppendLine($"{"case",-18}{"tokens/s",10}{"seconds",10}{"GFLOP/s",10}{"share",8}{"memory",10}{"estimate",10}{"error",8}");
        foreach (var one in Measurements)
        {
            text.AppendLine($"{one.Case,-18}{one.TokensPerSecond,10:0.0}{one.Seconds,10:0.000}{one.PeakGflops,10:0}{one.ShareOfPeak,8:0.00}{Gigabytes(one.PeakMemory),10}{Gigabytes(one.EstimatedMemory),10}{one.EstimateError,8:+0 %;-0 %}  {one.Note}".TrimEnd());
        }

        foreach (var one in Measurements.Where(one => one.Breakdown is not null))
            text.AppendLine($"{one.Case,-18}{string.Join(", ", one.Breakdown!.Select(part => $"{part.Key} {part.Value:0.0 %}"))}");
        return text.Append("GFLOP/s: the matrix-product peak in the same process; share: of it; memory: the process's highest; estimate: of it, as dry runs print it.").ToString();
    }

    private static string Gigabytes(long? bytes) => bytes is null ? "" : $"{bytes / 1e9:0.00} GB";
}
