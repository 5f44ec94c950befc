using System.Diagnostics;
using static TorchSharp.torch;

namespace Attune.Bench;

/// <summary>
/// The fastest matrix product this machine does: the yardstick for every share of peak. [1,024, 576] × [576, 1,536], the
/// shape of SmolLM2's feed-forward.
/// </summary>
internal static class ProductPeak
{
    private const int Rows = 1024, Inner = 576, Columns = 1536, Products = 20;

    /// <summary>Floating-point operations a second: the best of 20 products.</summary>
    public static double Measure(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var (a, b) = (randn(Rows, Inner).to(type), randn(Inner, Columns).to(type));
        var best = double.MaxValue;
        for (var i = 0; i < Products; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = a.matmul(b);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * Rows * Inner * Columns / best;
    }
}
