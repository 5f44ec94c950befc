namespace Attune.Evaluation.NGrams;

/// <summary>
/// What modified Kneser–Ney smoothing takes off the counts of one order: one discount for n-grams counted once, one for
/// twice, one for three times and more (Chen and Goodman 1998, equation 17).
/// </summary>
/// <param name="One">Off a count of 1.</param>
/// <param name="Two">Off a count of 2.</param>
/// <param name="More">Off a count of 3 and more.</param>
public readonly record struct Discounts(double One, double Two, double More)
{
    /// <summary>For counts too few to estimate from: half of what could be taken off each.</summary>
    public static Discounts OfFewCounts { get; } = new(0.5, 1, 1.5);

    /// <summary>
    /// Estimates from how many n-grams have the counts 1 to 4: Y = n₁ ÷ (n₁ + 2 n₂), Dᵢ = i − (i + 1) Y nᵢ₊₁ ÷ nᵢ. Where one of
    /// the four is 0 or a discount would not lie between 0 and its count, <see cref="OfFewCounts"/>.
    /// </summary>
    /// <param name="counts">The count of each n-gram; 0 does not take part.</param>
    public static Discounts Of(ReadOnlySpan<int> counts)
    {
        Span<double> n = stackalloc double[5];
        foreach (var count in counts)
        {
            if (count is >= 1 and <= 4) n[count]++;
        }

        var y = n[1] / (n[1] + (2 * n[2]));
        var estimate = new Discounts(1 - (2 * y * n[2] / n[1]), 2 - (3 * y * n[3] / n[2]), 3 - (4 * y * n[4] / n[3]));
        var holds = n[4] > 0 && estimate is { One: >= 0 and <= 1, Two: >= 0 and <= 2, More: >= 0 and <= 3 };
        return holds ? estimate : OfFewCounts; // NaN, of 0 ÷ 0, does not hold
    }

    /// <summary>What is taken off a count.</summary>
    public double For(int count) => count switch { 0 => 0, 1 => One, 2 => Two, _ => More };
}
