using Attune.Training.Preflight;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>What a step's memory is spent on.</summary>
internal static class MemoryScreen
{
    /// <summary>Writes the parts of an estimate.</summary>
    public static void Write(IAnsiConsole console, MemoryEstimate estimate)
    {
        (string Name, long Bytes)[] parts =
        [
            ("program", estimate.Runtime), ("weights", estimate.Weights), ("gradients and optimizer", estimate.Training),
            ("activations", estimate.Activations), ("logits", estimate.Logits), ("together", estimate.Total),
        ];
        foreach (var (name, bytes) in parts) console.WriteLine($"  {name,-24} {Units.Bytes(bytes),8}");
    }
}
