using System.Runtime.InteropServices;
using static Attune.Kernels.Products.Assembler;

namespace Attune.Kernels.Products;

/// <summary>
/// Machine code of the bf16 product: for each block of rows, a pass over the panel that multiplies a pair of A, broadcast,
/// with 16 columns' pairs and adds both products to 16 fp32 sums (VDPBF16PS; Intel SDM volume 2). Another form of it makes the
/// columns' pairs from two rows of B where it lies: worth it where so few rows of A pass over B that laying it out would cost
/// more than they do.
/// </summary>
internal static unsafe class BFloat16Code
{
    /// <summary>What the code reads, in this order.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Arguments
    {
        public byte* A;
        public nint StrideA;
        public byte* Panel;
        public byte* C;
        public nint StrideC;
        public nint Pairs;
        public nint Blocks;
        public nint Accumulates;
        public nint StrideB;
    }

    /// <summary>Columns of a panel in vectors; the code may use fewer.</summary>
    private const int PanelVectors = 3, VectorBytes = 64, PairBytes = 4, WordsBytes = 32;

    /// <summary>A function of one pointer to <see cref="Arguments"/>.</summary>
    /// <param name="rows">Rows of a block, 1 … 8.</param>
    /// <param name="vectors">Vectors of 16 columns that are computed, 1 … 3.</param>
    /// <param name="inPlace">Whether the columns are read from B where it lies rather than from a panel.</param>
    public static byte[] Write(int rows, int vectors, bool inPlace)
    {
        // rax: A's row 0 at the pair, rdx: row 4; rcx: stride, r8: 3 strides; rbx: A's row 0 at the start.
        // rsi: panel, or B's row at the pair, rbp: its stride; r9: pairs left; r10: C; r11: blocks left. zmm: sums, then the panel's vectors, then broadcasts.
        var (sums, code) = (rows * vectors, new Assembler());
        code.Push(Rbx);
        code.Push(Rbp);
        code.LoadQuad(Rbp, Rdi, Offset(nameof(Arguments.StrideB)));
        code.LoadQuad(Rax, Rdi, Offset(nameof(Arguments.A)));
        code.LoadQuad(Rcx, Rdi, Offset(nameof(Arguments.StrideA)));
        code.LoadQuad(R10, Rdi, Offset(nameof(Arguments.C)));
        code.LoadQuad(R11, Rdi, Offset(nameof(Arguments.Blocks)));
        code.LoadAddress(R8, Rcx, Rcx, 2);

        var block = code.Here;
        code.LoadAddress(Rdx, Rax, Rcx, 4);
        code.Move(Rbx, Rax);
        code.LoadQuad(Rsi, Rdi, Offset(nameof(Arguments.Panel)));
        code.LoadQuad(R9, Rdi, Offset(nameof(Arguments.Pairs)));
        for (var sum = 0; sum < sums; sum++) code.Zero(sum);

        var pair = code.Here;
        for (var vector = 0; vector < vectors; vector++)
        {
            if (inPlace) LoadPairs(code, sums + vector, sums + vectors + vector, vector);
            else code.LoadVector(sums + vector, Rsi, VectorBytes * vector);
        }

        for (var row = 0; row < rows; row++)
        {
            var broadcast = sums + vectors + (row % (32 - sums - vectors));
            Broadcast(code, broadcast, row);
            for (var vector = 0; vector < vectors; vector++) code.DotPairs((row * vectors) + vector, sums + vector, broadcast);
        }

        code.Add(Rax, PairBytes);
        code.Add(Rdx, PairBytes);
        if (inPlace) code.LoadAddress(Rsi, Rsi, Rbp, 2);
        else code.Add(Rsi, VectorBytes * PanelVectors);
        code.Decrement(R9);
        code.JumpIfNotZero(pair);

        code.CompareQuad(Rdi, Offset(nameof(Arguments.Accumulates)), 0);
        var store = code.JumpIfZero();
        code.Move(Rdx, R10);
        for (var row = 0; row < rows; row++)
        {
            for (var vector = 0; vector < vectors; vector++) code.AddVector((row * vectors) + vector, Rdx, VectorBytes * vector);
            code.AddQuad(Rdx, Rdi, Offset(nameof(Arguments.StrideC)));
        }

        code.Land(store);
        for (var row = 0; row < rows; row++)
        {
            for (var vector = 0; vector < vectors; vector++) code.StoreVector((row * vectors) + vector, R10, VectorBytes * vector);
            code.AddQuad(R10, Rdi, Offset(nameof(Arguments.StrideC)));
        }

        code.LoadAddress(Rax, Rbx, Rcx, 8);   // blocks after the first are of 8 rows; shorter ones come alone
        code.Decrement(R11);
        code.JumpIfNotZero(block);
        code.Pop(Rbp);
        code.Pop(Rbx);
        code.ZeroUpper();
        code.Return();
        return code.ToArray();
    }

    // 16 columns of B's rows k and k + 1 side by side: the first in the lower half of 32 bits.
    private static void LoadPairs(Assembler code, int target, int second, int vector)
    {
        code.WidenWords(target, Rsi, WordsBytes * vector);
        code.WidenWords(second, Rsi, WordsBytes * vector, Rbp);
        code.ShiftLeft(second, 16);
        code.Or(target, second);
    }

    private static void Broadcast(Assembler code, int vector, int row)
    {
        var start = row < 4 ? Rax : Rdx;
        switch (row % 4)
        {
            case 0: code.Broadcast(vector, start); break;
            case 1: code.Broadcast(vector, start, Rcx, 1); break;
            case 2: code.Broadcast(vector, start, Rcx, 2); break;
            default: code.Broadcast(vector, start, R8, 1); break;
        }
    }

    private static int Offset(string field) => (int)Marshal.OffsetOf<Arguments>(field);
}
