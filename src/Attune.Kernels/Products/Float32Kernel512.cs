using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using V = System.Runtime.Intrinsics.Vector512<float>;

namespace Attune.Kernels.Products;

/// <summary>fp32 in 512-bit vectors: 8 rows × 48 columns are 24 sums in registers, of 32.</summary>
internal sealed unsafe class Float32Kernel512 : ProductKernel
{
    public static readonly Float32Kernel512 Instance = new();

    public override ElementType Type => ElementType.Float32;

    public override int PanelColumns => 48;

    public override int BlockRows => 8;

    public override void Multiply(byte* a, nint strideA, byte* panel, float* c, nint strideC, int depth, int rows, int columns, bool accumulate)
    {
        var p = (float*)panel;
        var row = 0;
        for (; row + 8 <= rows; row += 8)
        {
            if (columns > 16) Block(a + (row * strideA), strideA, p, (byte*)c + (row * strideC), strideC, depth, accumulate);
            else Narrow(a + (row * strideA), strideA, p, (byte*)c + (row * strideC), strideC, depth, accumulate);
        }

        for (; row < rows; row++) Single((float*)(a + (row * strideA)), p, (float*)((byte*)c + (row * strideC)), depth, accumulate);
    }

    /// <summary>8 rows × 48 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(byte* a, nint strideA, float* p, byte* c, nint strideC, int depth, bool accumulate)
    {
        float* a0 = (float*)a, a1 = (float*)(a + strideA), a2 = (float*)(a + (2 * strideA)), a3 = (float*)(a + (3 * strideA));
        float* a4 = (float*)(a + (4 * strideA)), a5 = (float*)(a + (5 * strideA)), a6 = (float*)(a + (6 * strideA)), a7 = (float*)(a + (7 * strideA));
        V c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default, c20 = default, c21 = default, c22 = default;
        V c30 = default, c31 = default, c32 = default, c40 = default, c41 = default, c42 = default, c50 = default, c51 = default, c52 = default;
        V c60 = default, c61 = default, c62 = default, c70 = default, c71 = default, c72 = default;
        for (nint k = 0; k < depth; k++)
        {
            V p0 = Vector512.Load(p), p1 = Vector512.Load(p + 16), p2 = Vector512.Load(p + 32);
            p += 48;
            var x = Vector512.Create(a0[k]);
            (c00, c01, c02) = (Fma(x, p0, c00), Fma(x, p1, c01), Fma(x, p2, c02));
            x = Vector512.Create(a1[k]);
            (c10, c11, c12) = (Fma(x, p0, c10), Fma(x, p1, c11), Fma(x, p2, c12));
            x = Vector512.Create(a2[k]);
            (c20, c21, c22) = (Fma(x, p0, c20), Fma(x, p1, c21), Fma(x, p2, c22));
            x = Vector512.Create(a3[k]);
            (c30, c31, c32) = (Fma(x, p0, c30), Fma(x, p1, c31), Fma(x, p2, c32));
            x = Vector512.Create(a4[k]);
            (c40, c41, c42) = (Fma(x, p0, c40), Fma(x, p1, c41), Fma(x, p2, c42));
            x = Vector512.Create(a5[k]);
            (c50, c51, c52) = (Fma(x, p0, c50), Fma(x, p1, c51), Fma(x, p2, c52));
            x = Vector512.Create(a6[k]);
            (c60, c61, c62) = (Fma(x, p0, c60), Fma(x, p1, c61), Fma(x, p2, c62));
            x = Vector512.Create(a7[k]);
            (c70, c71, c72) = (Fma(x, p0, c70), Fma(x, p1, c71), Fma(x, p2, c72));
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

    /// <summary>8 rows × the panel's first 16 columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(byte* a, nint strideA, float* p, byte* c, nint strideC, int depth, bool accumulate)
    {
        float* a0 = (float*)a, a1 = (float*)(a + strideA), a2 = (float*)(a + (2 * strideA)), a3 = (float*)(a + (3 * strideA));
        float* a4 = (float*)(a + (4 * strideA)), a5 = (float*)(a + (5 * strideA)), a6 = (float*)(a + (6 * strideA)), a7 = (float*)(a + (7 * strideA));
        V c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        for (nint k = 0; k < depth; k++)
        {
            var p0 = Vector512.Load(p);
            p += 48;
            (c0, c1, c2, c3) = (Fma(Vector512.Create(a0[k]), p0, c0), Fma(Vector512.Create(a1[k]), p0, c1), Fma(Vector512.Create(a2[k]), p0, c2), Fma(Vector512.Create(a3[k]), p0, c3));
            (c4, c5, c6, c7) = (Fma(Vector512.Create(a4[k]), p0, c4), Fma(Vector512.Create(a5[k]), p0, c5), Fma(Vector512.Create(a6[k]), p0, c6), Fma(Vector512.Create(a7[k]), p0, c7));
        }

        ReadOnlySpan<V> sums = [c0, c1, c2, c3, c4, c5, c6, c7];
        for (var row = 0; row < 8; row++)
        {
            var target = (float*)(c + (row * strideC));
            (accumulate ? Vector512.Load(target) + sums[row] : sums[row]).Store(target);
        }
    }

    private static void Single(float* a, float* p, float* c, int depth, bool accumulate)
    {
        V c0 = default, c1 = default, c2 = default;
        for (nint k = 0; k < depth; k++, p += 48)
        {
            var x = Vector512.Create(a[k]);
            (c0, c1, c2) = (Fma(x, Vector512.Load(p), c0), Fma(x, Vector512.Load(p + 16), c1), Fma(x, Vector512.Load(p + 32), c2));
        }

        Store(c0, c1, c2, (byte*)c, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Fma(V x, V y, V z) => Vector512.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V c0, V c1, V c2, byte* target, bool accumulate)
    {
        var c = (float*)target;
        if (accumulate) (c0, c1, c2) = (c0 + Vector512.Load(c), c1 + Vector512.Load(c + 16), c2 + Vector512.Load(c + 32));
        c0.Store(c);
        c1.Store(c + 16);
        c2.Store(c + 32);
    }
}
