using System.Runtime.CompilerServices;

namespace Attune.Kernels.Vectors;

/// <summary>Functions of lanes.</summary>
internal static class LaneMath
{
    /// <summary>
    /// eˣ to about one unit in the last place: x = n ln 2 + r with |r| ≤ ln 2 ÷ 2, and a polynomial for eʳ (Cody and Waite
    /// 1980, chapter 6, with the minimax polynomial of Cephes). Below −87.3 it is 2⁻¹²⁶, above 88 it stays at e⁸⁸; NaN stays.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : struct, ILanes<T>
    {
        x = T.Min(T.Create(88f), T.Max(T.Create(-87.3f), x));         // in this order NaN stays
        var n = T.RoundToInteger(x * T.Create(1.44269504f));
        var r = T.MultiplyAdd(n, T.Create(-0.693359375f), x);       // ln 2 in two parts, the first exact in products with n
        r = T.MultiplyAdd(n, T.Create(2.12194440e-4f), r);
        var p = T.Create(1.98756915e-4f);
        p = T.MultiplyAdd(p, r, T.Create(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.Create(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.Create(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.Create(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.Create(0.50000001201f));
        p = T.MultiplyAdd(p, r, T.Create(1f));
        p = T.MultiplyAdd(p, r, T.Create(1f));
        return p * T.PowerOfTwo(n);
    }

    /// <summary>1 ÷ (1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x)
        where T : struct, ILanes<T> =>
        T.Create(1) / (T.Create(1) + Exp(T.Create(0) - x));
}
