using Attune.Data.Preparation;

namespace Attune.Training.Preflight;

/// <summary>Stops a run before its first step where it would fail silently (docs/preflight.md).</summary>
public static class PreflightCheck
{
    /// <summary>The step would need more memory than the machine has.</summary>
    public const string Memory = "memory";

    /// <summary>Names that <c>allow</c> takes. Without any label, or any way to find labels, there is nothing to go on with.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        Memory, FindingNames.EndOfTurnNotLearned, FindingNames.EosMasked, FindingNames.DoubleBos, FindingNames.UnknownTemplateTokens,
        FindingNames.NoEosToken, FindingNames.ToolCallsLost,
    ];

    /// <summary>A finding where the estimate exceeds the machine's memory; null where it fits.</summary>
    public static Finding? OfMemory(MemoryEstimate estimate, long machineMemory)
    {
        if (estimate.Total <= machineMemory) return null;
        return new Finding(
            Memory, Stops: true,
            FormattableString.Invariant($"A step needs about {estimate.Total / 1e9:0.0} GB, the machine has {machineMemory / 1e9:0.0} GB."),
            "Lower micro_batch_tokens, where the recipe sets it (the numbers stay the same), or max_sequence_length, or train with lora or qlora.");
    }

    /// <summary>Lets a run go on, or stops it with every finding that is not allowed.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="allow">Names to go on with.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Preflight"/>: something stops the run; <see cref="ExitCode.Recipe"/>: a name in <paramref name="allow"/> is unknown.
    /// </exception>
    public static void Require(IReadOnlyList<Finding> findings, IReadOnlyList<string> allow)
    {
        if (allow.FirstOrDefault(name => !Names.Contains(name)) is { } unknown)
            throw new AttuneException(ExitCode.Recipe, $"allow: there is no check named '{unknown}'.", $"The checks are: {string.Join(", ", Names)}.");
        var stops = findings.Where(finding => finding.Stops && !allow.Contains(finding.Name)).ToArray();
        if (stops.Length == 0) return;
        throw new AttuneException(
            ExitCode.Preflight,
            string.Join("\n", stops.Select(finding => $"preflight stops the run: {finding.Name}: {finding.What}{Where(finding)}")),
            string.Join("\n      ", [
                .. stops.Select(finding => finding.Change),
                .. stops.Where(finding => Names.Contains(finding.Name)).Select(finding => $"To go on all the same: --allow {finding.Name}"),
            ]));
    }

    private static string Where(Finding finding) => finding.Rows > 0 ? $" ({finding.Rows} rows, the first {finding.First})" : "";
}
