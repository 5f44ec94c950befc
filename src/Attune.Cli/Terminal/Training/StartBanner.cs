using System.Globalization;
using Attune.Training.Loop;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>What a run comes to, before its first step: the arithmetic, the trained share, the memory.</summary>
internal static class StartBanner
{
    /// <summary>Writes the banner.</summary>
    public static void Write(IAnsiConsole console, RunArithmetic run, long machineMemory)
    {
        foreach (var line in Lines(run, machineMemory)) console.WriteLine(line);
        console.WriteLine();
    }

    private static IEnumerable<string> Lines(RunArithmetic run, long machineMemory)
    {
        yield return run.TotalSteps == FullSteps(run)
            ? $"  steps       {Units.Count(run.Examples)} examples × {run.Epochs} {Plural(run.Epochs, "epoch")} ÷ {run.EffectiveBatch} rows a step = {Units.Count(run.TotalSteps)} steps"
            : $"  steps       {Units.Count(run.TotalSteps)} ({run.LimitedBy}); {Units.Count(run.Examples)} examples, {run.EffectiveBatch} rows a step, {Units.Count(FullSteps(run))} steps in {run.Epochs} {Plural(run.Epochs, "epoch")}";
        if (run.FirstStep > run.TotalSteps) yield return "  resumed     every step is done: only the test figures are made again";
        else if (run.FirstStep > 1) yield return $"  resumed     at step {run.FirstStep}";
        yield return run.ValidationExamples > 0
            ? $"  validation  {Units.Count(run.ValidationExamples)} examples"
            : "  validation  none: the last step counts as the best";
        var share = (100.0 * run.TrainableParameters / run.AllParameters).ToString("0.00", CultureInfo.InvariantCulture);
        yield return $"  parameters  {Units.Count(run.TrainableParameters)} of {Units.Count(run.AllParameters)} trained ({share} %)";
        yield return $"  memory      about {Units.Bytes(run.EstimatedMemory)} of {Units.Bytes(machineMemory)}";
        yield return run.WhyPlain is null ? "  path        fused" : $"  path        plain: {run.WhyPlain}";
        yield return $"  run         {run.RunFolder}";
    }

    private static int FullSteps(RunArithmetic run) => (run.Examples + run.EffectiveBatch - 1) / run.EffectiveBatch * run.Epochs;

    private static string Plural(int count, string word) => count == 1 ? word : word + "s";
}
