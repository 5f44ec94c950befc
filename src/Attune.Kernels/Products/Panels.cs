using System.Runtime.CompilerServices;
using Attune.Kernels.Memory;
using Attune.Kernels.Quantization;

namespace Attune.Kernels.Products;

/// <summary>
/// The right-hand matrix B of a product, [depth, columns], from which panels are laid out when they are needed: weights stay
/// as they are stored. What is stored in another type than the kernel's is converted on the way, a piece at a time.
/// </summary>
public abstract unsafe class Panels
{
    private const int PieceDepth = 64, WidestPanel = 48;
    private const int PieceBytes = PieceDepth * WidestPanel * sizeof(float);

    private protected Panels(int rows, int columns, bool isTransposed)
    {
        IsTransposed = isTransposed;
        (Depth, Columns) = isTransposed ? (columns, rows) : (rows, columns);
    }

    /// <summary>Rows of B.</summary>
    public int Depth { get; }

    /// <summary>Columns of B.</summary>
    public int Columns { get; }

    /// <summary>Whether the columns of B are the rows of what is stored.</summary>
    private protected bool IsTransposed { get; }

    /// <summary>B = weightᵀ: the product with a weight of [out features, in features] in the forward pass.</summary>
    /// <param name="weight">[columns, depth], fp32 or bf16, whatever the kernel's type; fp32 is rounded to nearest even for bf16.</param>
    public static Panels OfTransposed(Matrix weight) => new MatrixPanels(weight, isTransposed: true);

    /// <summary>B as it lies: the product with a weight in the backward pass, or a sum over tokens.</summary>
    /// <param name="matrix">[depth, columns], fp32 or bf16, whatever the kernel's type; fp32 is rounded to nearest even for bf16.</param>
    public static Panels Of(Matrix matrix) => new MatrixPanels(matrix, isTransposed: false);

    /// <summary>As <see cref="OfTransposed(Matrix)"/>, of weights in 4 bits.</summary>
    public static Panels OfTransposed(Nf4Matrix weight) => new Nf4Panels(weight, isTransposed: true);

    /// <summary>As <see cref="Of(Matrix)"/>, of weights in 4 bits.</summary>
    public static Panels Of(Nf4Matrix weight) => new Nf4Panels(weight, isTransposed: false);

    /// <summary>Writes a panel as a kernel wants it, zeros in columns and depth that are missing.</summary>
    /// <param name="firstColumn">First column.</param>
    /// <param name="columns">Columns that there are, at most the kernel's panel columns.</param>
    /// <param name="firstDepth">First row of B, a multiple of the kernel's group.</param>
    /// <param name="depth">Rows of B; where they are not a multiple of the group, the last ones there are.</param>
    /// <param name="panel">[⌈depth ÷ group⌉, panel columns, group] in the kernel's type.</param>
    /// <param name="kernel">Whose layout.</param>
    [SkipLocalsInit]
    public void Pack(int firstColumn, int columns, int firstDepth, int depth, byte* panel, ProductKernel kernel)
    {
        var room = stackalloc byte[PieceBytes];
        var pieceDepth = IsStoredAs(kernel.Type) ? depth : PieceDepth;
        for (var done = 0; done < depth; done += pieceDepth)
        {
            var (first, count) = (firstDepth + done, Math.Min(pieceDepth, depth - done));
            var target = panel + ((nint)done * kernel.PanelColumns * kernel.Type.Size());
            if (IsTransposed) TransposedLayout.Write(Read(firstColumn, columns, first, count, kernel.Type, room), target, kernel);
            else PlainLayout.Write(Read(first, count, firstColumn, columns, kernel.Type, room), target, kernel);
        }
    }

    /// <summary>B itself, where it lies as it is stored and in this type; else null.</summary>
    public virtual Matrix? InPlace(ElementType type) => null;

    /// <summary>Whether <see cref="Read"/> gives what is stored and needs no room.</summary>
    private protected abstract bool IsStoredAs(ElementType type);

    /// <summary>Part of the stored matrix in a type.</summary>
    /// <param name="row">First row.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="column">First column.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="type">The type wanted.</param>
    /// <param name="room">Room for it, to be used where another type is stored.</param>
    private protected abstract Matrix Read(int row, int rows, int column, int columns, ElementType type, byte* room);
}
