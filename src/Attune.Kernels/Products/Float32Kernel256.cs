using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using V = System.Runtime.Intrinsics.Vector256<float>;

namespace Attune.Kernels.Products;

/// <summary>fp32 in 256-bit vectors: 4 rows × 24 columns are 12 sums in registers, of 16.</summary>
internal sealed unsafe class Float32Kernel256 : ProductKernel
{
    public static readonly Float32Kernel256 Instance = new();

    public override ElementType Type => ElementType.Float32;

    public override int PanelColumns => 24;

    public override int BlockRows => 4;

    public override void Multiply(byte* a, nint strideA, byte* panel, float* c, nint strideC, int depth, int rows, int columns, bool accumulate)
    {
        var p = (float*)panel;
        var row = 0;
        for (; row + 4 <= rows; row += 4)
            Block(a + (row * strideA), strideA, p, (byte*)c + (row * strideC), strideC, depth, accumulate);
        for (; row < rows; row++) Single((float*)(a + (row * strideA)), p, (byte*)c + (row * strideC), depth, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Block(byte* a, nint strideA, float* p, byte* c, nint strideC, int depth, bool accumulate)
    {
        float* a0 = (float*)a, a1 = (float*)(a + strideA), a2 = (float*)(a + (2 * strideA)), a3 = (float*)(a + (3 * strideA));
        V c00 = default, c01 = default, c02 = default, c10 = default, c11 = default, c12 = default;
        V c20 = default, c21 = default, c22 = default, c30 = default, c31 = default, c32 = default;
        for (nint k = 0; k < depth; k++)
        {
            V p0 = Vector256.Load(p), p1 = Vector256.Load(p + 8), p2 = Vector256.Load(p + 16);
            p += 24;
            var x = Vector256.Create(a0[k]);
            (c00, c01, c02) = (Fma(x, p0, c00), Fma(x, p1, c01), Fma(x, p2, c02));
            x = Vector256.Create(a1[k]);
            (c10, c11, c12) = (Fma(x, p0, c10), Fma(x, p1, c11), Fma(x, p2, c12));
            x = Vector256.Create(a2[k]);
            (c20, c21, c22) = (Fma(x, p0, c20), Fma(x, p1, c21), Fma(x, p2, c22));
            x = Vector256.Create(a3[k]);
            (c30, c31, c32) = (Fma(x, p0, c30), Fma(x, p1, c31), Fma(x, p2, c32));
        }

        Store(c00, c01, c02, c, accumulate);
        Store(c10, c11, c12, c + strideC, accumulate);
        Store(c20, c21, c22, c + (2 * strideC), accumulate);
        Store(c30, c31, c32, c + (3 * strideC), accumulate);
    }

    private static void Single(float* a, float* p, byte* c, int depth, bool accumulate)
    {
        V c0 = default, c1 = default, c2 = default;
        for (nint k = 0; k < depth; k++, p += 24)
        {
            var x = Vector256.Create(a[k]);
            (c0, c1, c2) = (Fma(x, Vector256.Load(p), c0), Fma(x, Vector256.Load(p + 8), c1), Fma(x, Vector256.Load(p + 16), c2));
        }

        Store(c0, c1, c2, c, accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Fma(V x, V y, V z) => Vector256.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(V c0, V c1, V c2, byte* target, bool accumulate)
    {
        var c = (float*)target;
        if (accumulate) (c0, c1, c2) = (c0 + Vector256.Load(c), c1 + Vector256.Load(c + 8), c2 + Vector256.Load(c + 16));
        c0.Store(c);
        c1.Store(c + 8);
        c2.Store(c + 16);
    }
}
