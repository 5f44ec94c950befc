using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Products;

/// <summary>
/// The innermost part of a matrix product: some rows of A times a panel, a few columns of B laid out so that one step along
/// the depth reads consecutive memory (Goto and van de Geijn 2008; the shape of BLIS). A is read where it lies.
/// </summary>
public abstract unsafe class ProductKernel
{
    /// <summary>Type of A and of the panel; sums are fp32.</summary>
    public abstract ElementType Type { get; }

    /// <summary>Columns of a panel.</summary>
    public abstract int PanelColumns { get; }

    /// <summary>Rows that share one pass over the panel.</summary>
    public abstract int BlockRows { get; }

    /// <summary>Neighbours along the depth that lie side by side in the panel: 2 in bf16, so that depth is padded to even there, 1 in fp32.</summary>
    public int Group => Type == ElementType.BFloat16 ? 2 : 1;

    /// <summary>The fastest kernel of this processor; null where it has none for the type.</summary>
    public static ProductKernel? Of(ElementType type) => type switch
    {
        ElementType.BFloat16 => BFloat16Kernel.Instance,
        _ when Vector512.IsHardwareAccelerated => Float32Kernel<Lanes512>.Instance,
        _ => Float32Kernel<Lanes256>.Instance,
    };

    /// <summary>C = A × panel, or C += A × panel.</summary>
    /// <param name="a">[rows, depth]; padded to a whole group with finite numbers.</param>
    /// <param name="strideA">Bytes from one row of A to the next.</param>
    /// <param name="panel">[depth ÷ group, panel columns, group], 64-byte aligned.</param>
    /// <param name="c">[rows, panel columns], fp32.</param>
    /// <param name="strideC">Bytes from one row of C to the next.</param>
    /// <param name="depth">Padded depth, a multiple of the group.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Only so many columns are wanted; the others of C may or may not be computed.</param>
    /// <param name="accumulate">Whether C is added to.</param>
    public abstract void Multiply(byte* a, nint strideA, byte* panel, float* c, nint strideC, int depth, int rows, int columns, bool accumulate);

    /// <summary>Whether a product of so few rows and so many columns of a panel is done faster where B lies, without a panel.</summary>
    public virtual bool ReadsInPlace(int rows, int columns) => false;

    /// <summary>As <see cref="Multiply"/> with B where it lies, for what <see cref="ReadsInPlace"/> holds.</summary>
    /// <param name="a">[rows, depth].</param>
    /// <param name="strideA">Bytes from one row of A to the next.</param>
    /// <param name="b">[depth, columns] in the kernel's type.</param>
    /// <param name="strideB">Bytes from one row of B to the next.</param>
    /// <param name="c">[rows, panel columns], fp32.</param>
    /// <param name="strideC">Bytes from one row of C to the next.</param>
    /// <param name="depth">A multiple of the group.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="accumulate">Whether C is added to.</param>
    public virtual void MultiplyInPlace(byte* a, nint strideA, byte* b, nint strideB, float* c, nint strideC, int depth, int rows, int columns, bool accumulate) =>
        throw new NotSupportedException();
}
