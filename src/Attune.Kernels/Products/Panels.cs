using Attune.Kernels.Memory;

namespace Attune.Kernels.Products;

/// <summary>The right-hand matrix B of a product, [depth, columns], from which panels are laid out when they are needed: the weights themselves stay as they are stored.</summary>
public abstract unsafe class Panels
{
    /// <summary>Rows of B.</summary>
    public abstract int Depth { get; }

    /// <summary>Columns of B.</summary>
    public abstract int Columns { get; }

    /// <summary>Writes a panel as a kernel wants it, zeros in columns and depth that are missing.</summary>
    /// <param name="firstColumn">First column.</param>
    /// <param name="columns">Columns that there are, at most the kernel's panel columns.</param>
    /// <param name="firstDepth">First row of B, a multiple of the kernel's group.</param>
    /// <param name="depth">Rows of B; where they are not a multiple of the group, the last ones there are.</param>
    /// <param name="panel">[⌈depth ÷ group⌉, panel columns, group] in the kernel's type.</param>
    /// <param name="kernel">Whose layout.</param>
    public abstract void Pack(int firstColumn, int columns, int firstDepth, int depth, byte* panel, ProductKernel kernel);

    /// <summary>B = weightᵀ: the product with a weight of [out features, in features] in the forward pass.</summary>
    /// <param name="weight">[columns, depth], fp32 or bf16; bf16 also for an fp32 kernel.</param>
    public static Panels OfTransposed(Matrix weight) => new TransposedPanels(weight);

    /// <summary>B as it lies: the product with a weight in the backward pass, or a sum over tokens.</summary>
    /// <param name="matrix">[depth, columns], fp32 or bf16; bf16 also for an fp32 kernel.</param>
    public static Panels Of(Matrix matrix) => new PlainPanels(matrix);

    internal static void RequireTypes(Matrix matrix, ProductKernel kernel)
    {
        if (matrix.Type == ElementType.Float32 && kernel.Type == ElementType.BFloat16)
            throw new ArgumentException("fp32 has to be rounded to bf16 before a bf16 product.", nameof(matrix));
    }
}
