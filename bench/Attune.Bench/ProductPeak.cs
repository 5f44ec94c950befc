using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Bench;

/// <summary>
/// The fastest matrix product this machine does: the yardstick for every share of peak. Best of 20 products of
/// [1024, 576] x [576, 1536], the shape of SmolLM2's feed-forward.
/// </summary>
internal static class ProductPeak
{
    /// <summary>Floating-point operations a second.</summary>
    public static double Measure(ScalarType type, int rows = 1024, int inner = 576, int columns = 1536)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var a = randn(rows, inner).to(type);
        var b = randn(inner, columns).to(type);
        var best = double.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = a.matmul(b);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * rows * inner * columns / best;
    }
}
