using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Products;

/// <summary>
/// fp32 in vectors of one width; a panel is three of them. With 512 bits, 8 rows are 24 sums in registers, of 32; with 256
/// bits, 4 rows are 12 sums, of 16.
/// </summary>
internal sealed unsafe class Float32Kernel<T> : ProductKernel
    where T : struct, ILanes<T>
{
    public static readonly Float32Kernel<T> Instance = new();

    public override ElementType Type => ElementType.Float32;

    public override int PanelColumns => 3 * T.Count;

    public override int BlockRows => T.Count == Vector512<float>.Count ? 8 : 4;

    public override void Multiply(byte* a, nint strideA, byte* panel, float* c, nint strideC, int depth, int rows, int columns, bool accumulate)
    {
        var p = (float*)panel;
        var row = 0;
        for (; BlockRows == 8 && row + 8 <= rows; row += 8)
        {
            if (columns > T.Count) Eight(a + (row * strideA), strideA, p, (byte*)c + (row * strideC), strideC, depth, accumulate);
            else EightNarrow(a + (row * strideA), strideA, p, (byte*)c + (row * strideC), strideC, depth, accumulate);
        }

        for (; row + 4 <= rows; row += 4) Four(a + (row * strideA), strideA, p, (byte*)c + (row * strideC), strideC, depth, accumulate);
        for (; row < rows; row++) One((float*)(a + (row * strideA)), p, (byte*)c + (row * strideC), depth, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(byte* a, nint strideA, float* p, byte* c, nint strideC, int depth, bool accumulate)
    {
        float* a0 = (float*)a, a1 = (float*)(a + strideA), a2 = (float*)(a + (2 * strideA)), a3 = (float*)(a + (3 * strideA));
        float* a4 = (float*)(a + (4 * strideA)), a5 = (float*)(a + (5 * strideA)), a6 = (float*)(a + (6 * strideA)), a7 = (float*)(a + (7 * strideA));
        T c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default, c20 = default, c21 = default, c22 = default;
        T c30 = default, c31 = default, c32 = default, c40 = default, c41 = default, c42 = default, c50 = default, c51 = default, c52 = default;
        T c60 = default, c61 = default, c62 = default, c70 = default, c71 = default, c72 = default;
        for (nint k = 0; k < depth; k++)
        {
            T p0 = T.Load(p), p1 = T.Load(p + T.Count), p2 = T.Load(p + (2 * T.Count));
            p += 3 * T.Count;
            Step(a0[k], p0, p1, p2, ref c00, ref c01, ref c02);
            Step(a1[k], p0, p1, p2, ref c10, ref c11, ref c12);
            Step(a2[k], p0, p1, p2, ref c20, ref c21, ref c22);
            Step(a3[k], p0, p1, p2, ref c30, ref c31, ref c32);
            Step(a4[k], p0, p1, p2, ref c40, ref c41, ref c42);
            Step(a5[k], p0, p1, p2, ref c50, ref c51, ref c52);
            Step(a6[k], p0, p1, p2, ref c60, ref c61, ref c62);
            Step(a7[k], p0, p1, p2, ref c70, ref c71, ref c72);
        }

        Store(c00, c01, c02, c, accumulate);
        Store(c10, c11, c12, c + strideC, accumulate);
        Store(c20, c21, c22, c + (2 * strideC), accumulate);
        Store(c30, c31, c32, c + (3 * strideC), accumulate);
        Store(c40, c41, c42, c + (4 * strideC), accumulate);
        Store(c50, c51, c52, c + (5 * strideC), accumulate);
        Store(c60, c61, c62, c + (6 * strideC), accumulate);
        Store(c70, c71, c72, c + (7 * strideC), accumulate);
    }

    /// <summary>8 rows × the panel's first vector of columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EightNarrow(byte* a, nint strideA, float* p, byte* c, nint strideC, int depth, bool accumulate)
    {
        float* a0 = (float*)a, a1 = (float*)(a + strideA), a2 = (float*)(a + (2 * strideA)), a3 = (float*)(a + (3 * strideA));
        float* a4 = (float*)(a + (4 * strideA)), a5 = (float*)(a + (5 * strideA)), a6 = (float*)(a + (6 * strideA)), a7 = (float*)(a + (7 * strideA));
        T c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (nint k = 0; k < depth; k++)
        {
            var p0 = T.Load(p);
            p += 3 * T.Count;
            (c0, c1) = (T.MultiplyAdd(T.Create(a0[k]), p0, c0), T.MultiplyAdd(T.Create(a1[k]), p0, c1));
            (c2, c3) = (T.MultiplyAdd(T.Create(a2[k]), p0, c2), T.MultiplyAdd(T.Create(a3[k]), p0, c3));
            (c4, c5) = (T.MultiplyAdd(T.Create(a4[k]), p0, c4), T.MultiplyAdd(T.Create(a5[k]), p0, c5));
            (c6, c7) = (T.MultiplyAdd(T.Create(a6[k]), p0, c6), T.MultiplyAdd(T.Create(a7[k]), p0, c7));
        }

        ReadOnlySpan<T> sums = [c0, c1, c2, c3, c4, c5, c6, c7];
        for (var row = 0; row < sums.Length; row++)
        {
            var target = (float*)(c + (row * strideC));
            T.Store(accumulate ? T.Load(target) + sums[row] : sums[row], target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(byte* a, nint strideA, float* p, byte* c, nint strideC, int depth, bool accumulate)
    {
        float* a0 = (float*)a, a1 = (float*)(a + strideA), a2 = (float*)(a + (2 * strideA)), a3 = (float*)(a + (3 * strideA));
        T c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
        T c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
        for (nint k = 0; k < depth; k++)
        {
            T p0 = T.Load(p), p1 = T.Load(p + T.Count), p2 = T.Load(p + (2 * T.Count));
            p += 3 * T.Count;
            Step(a0[k], p0, p1, p2, ref c00, ref c01, ref c02);
            Step(a1[k], p0, p1, p2, ref c10, ref c11, ref c12);
            Step(a2[k], p0, p1, p2, ref c20, ref c21, ref c22);
            Step(a3[k], p0, p1, p2, ref c30, ref c31, ref c32);
        }

        Store(c00, c01, c02, c, accumulate);
        Store(c10, c11, c12, c + strideC, accumulate);
        Store(c20, c21, c22, c + (2 * strideC), accumulate);
        Store(c30, c31, c32, c + (3 * strideC), accumulate);
    }

    private static void One(float* a, float* p, byte* c, int depth, bool accumulate)
    {
        T c0 = default, c1 = default, c2 = default;
        for (nint k = 0; k < depth; k++, p += 3 * T.Count)
            Step(a[k], T.Load(p), T.Load(p + T.Count), T.Load(p + (2 * T.Count)), ref c0, ref c1, ref c2);
        Store(c0, c1, c2, c, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(float a, T p0, T p1, T p2, ref T c0, ref T c1, ref T c2)
    {
        var x = T.Create(a);
        c0 = T.MultiplyAdd(x, p0, c0);
        c1 = T.MultiplyAdd(x, p1, c1);
        c2 = T.MultiplyAdd(x, p2, c2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(T c0, T c1, T c2, byte* target, bool accumulate)
    {
        var c = (float*)target;
        if (accumulate) (c0, c1, c2) = (c0 + T.Load(c), c1 + T.Load(c + T.Count), c2 + T.Load(c + (2 * T.Count)));
        T.Store(c0, c);
        T.Store(c1, c + T.Count);
        T.Store(c2, c + (2 * T.Count));
    }
}
