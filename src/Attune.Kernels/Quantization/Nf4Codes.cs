using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Attune.Kernels.Quantization;

/// <summary>
/// The 16 values of NormalFloat4 (Dettmers et al. 2023, "QLoRA", appendix E): quantiles of the normal distribution,
/// scaled to [−1, 1], with an exact 0. bitsandbytes files repeat them as <c>quant_map</c>.
/// </summary>
internal static class Nf4Codes
{
    /// <summary>Code of 0.0.</summary>
    public const int Zero = 7;

    private static readonly float[] Table =
    [
        -1f, -0.6961928f, -0.52507305f, -0.3949175f, -0.28444138f, -0.18477343f, -0.091050036f, 0f,
        0.0795803f, 0.1609302f, 0.2461123f, 0.33791524f, 0.44070983f, 0.562617f, 0.72295684f, 1f,
    ];

    private static readonly float[] Midpoints = [.. Enumerable.Range(0, 15).Select(code => (Table[code] + Table[code + 1]) * 0.5f)];

    /// <summary>Values by code, increasing.</summary>
    public static ReadOnlySpan<float> Values => Table;

    /// <summary>
    /// Number i lies between codes i and i + 1. A value's code is how many of them are below it: one that equals a bound
    /// goes to the lower code.
    /// </summary>
    public static ReadOnlySpan<float> Bounds => Midpoints;

    /// <summary>All values times a scale: what the codes of a block stand for.</summary>
    public static Vector512<float> Scaled(float absmax) =>
        Vector512.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(Table)) * absmax;

    /// <summary>The code of a scaled value.</summary>
    public static int Of(float value)
    {
        var code = 0;
        while (code < Midpoints.Length && value > Midpoints[code]) code++;
        return code;
    }
}
