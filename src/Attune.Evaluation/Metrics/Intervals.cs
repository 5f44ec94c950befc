namespace Attune.Evaluation.Metrics;

/// <summary>A value with the interval that holds it with 95 % confidence.</summary>
/// <param name="Value">The estimate.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
public readonly record struct Estimate(double Value, double Low, double High);

/// <summary>95 % confidence intervals.</summary>
public static class Intervals
{
    private const double Z = 1.959963984540054; // the standard normal's 97.5 % quantile

    /// <summary>
    /// A share of hits with Wilson's score interval (Wilson 1927), which stays inside [0, 1] and holds for small counts.
    /// </summary>
    public static Estimate Wilson(int successes, int trials)
    {
        var n = (double)trials;
        var p = successes / n;
        var z2 = Z * Z;
        var center = (p + (z2 / (2 * n))) / (1 + (z2 / n));
        var half = Z / (1 + (z2 / n)) * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n * n)));
        // At the ends the exact value is 0 or 1; rounding would give -1e-17.
        return new Estimate(p, successes == 0 ? 0 : center - half, successes == trials ? 1 : center + half);
    }

    /// <summary>
    /// Any statistic of n rows with its percentile bootstrap interval (Efron and Tibshirani 1993, chapter 13).
    /// </summary>
    /// <param name="rows">n; rows are drawn with replacement.</param>
    /// <param name="statistic">The statistic of the rows with these indices.</param>
    /// <param name="seed">Same seed, same interval.</param>
    /// <param name="resamples">How many resamples.</param>
    public static Estimate Bootstrap(int rows, Func<int[], double> statistic, long seed, int resamples = 2_000)
    {
        var random = new SeededRandom(seed);
        var draws = new double[resamples];
        var indices = new int[rows];
        for (var r = 0; r < resamples; r++)
        {
            for (var i = 0; i < rows; i++) indices[i] = random.Next(rows);
            draws[r] = statistic(indices);
        }

        Array.Sort(draws);
        return new Estimate(statistic([.. Enumerable.Range(0, rows)]), Quantile(draws, 0.025), Quantile(draws, 0.975));
    }

    // Linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).
    private static double Quantile(double[] sorted, double q)
    {
        var position = q * (sorted.Length - 1);
        var low = (int)position;
        var high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + ((position - low) * (sorted[high] - sorted[low]));
    }
}
