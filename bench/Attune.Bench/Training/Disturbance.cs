namespace Attune.Bench.Training;

/// <summary>Signs in the figures that something else was running. Without one, they may still be too low or, as a share, too high.</summary>
internal static class Disturbance
{
    private const double Steady = 0.1; // peaks of an idle machine differ by a few percent

    /// <summary>What gives it away; null: nothing.</summary>
    /// <param name="peakBefore">Product peak before the steps.</param>
    /// <param name="peakAfter">And after them, in the same unit.</param>
    /// <param name="share">Of the better of the two that the steps reached.</param>
    public static string? Of(double peakBefore, double peakAfter, double share)
    {
        if (share > 1) return "disturbed: a share above 1 is impossible, the peak was measured too low";
        return Math.Min(peakBefore, peakAfter) < (1 - Steady) * Math.Max(peakBefore, peakAfter)
            ? FormattableString.Invariant($"disturbed: the peak was {peakBefore / 1e9:0} before and {peakAfter / 1e9:0} after")
            : null;
    }
}
