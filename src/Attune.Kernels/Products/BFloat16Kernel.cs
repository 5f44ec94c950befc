using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Attune.Kernels.Memory;

namespace Attune.Kernels.Products;

/// <summary>
/// bf16 with fp32 sums through VDPBF16PS (AVX512-BF16), which .NET has no intrinsic for: its loop is machine code written by
/// <see cref="BFloat16Code"/>. 8 rows × 48 columns are 24 sums in registers, of 32.
/// </summary>
internal sealed unsafe class BFloat16Kernel : ProductKernel
{
    private const int MaximumRows = 8, Vectors = 3;

    /// <summary>Null where the processor or the system cannot run it.</summary>
    public static readonly BFloat16Kernel? Instance = Create();

    private const int FewRows = 2 * MaximumRows, Lanes = 16;

    private readonly nint[] _code; // of panels, then of B in place, each by (vectors − 1) × 8 + rows − 1

    private BFloat16Kernel(nint[] code) => _code = code;

    public override ElementType Type => ElementType.BFloat16;

    public override int PanelColumns => 48;

    public override int BlockRows => MaximumRows;

    public override void Multiply(byte* a, nint strideA, byte* panel, float* c, nint strideC, int depth, int rows, int columns, bool accumulate)
    {
        var arguments = new BFloat16Code.Arguments
        {
            A = a, StrideA = strideA, Panel = panel, C = (byte*)c, StrideC = strideC, Pairs = depth / 2, Accumulates = accumulate ? 1 : 0,
        };
        Run(&arguments, rows, columns, 0);
    }

    // Whole vectors only: what is read of a row must be there.
    public override bool ReadsInPlace(int rows, int columns) => rows <= FewRows && columns % Lanes == 0;

    public override void MultiplyInPlace(byte* a, nint strideA, byte* b, nint strideB, float* c, nint strideC, int depth, int rows, int columns, bool accumulate)
    {
        var arguments = new BFloat16Code.Arguments
        {
            A = a, StrideA = strideA, Panel = b, StrideB = strideB, C = (byte*)c, StrideC = strideC, Pairs = depth / 2, Accumulates = accumulate ? 1 : 0,
        };
        Run(&arguments, rows, columns, Vectors * MaximumRows);
    }

    private static BFloat16Kernel? Create()
    {
        // CPUID 7.1: EAX bit 5 is AVX512_BF16. The code follows the System V calling convention.
        var hasUnits = Avx512F.IsSupported && X86Base.CpuId(7, 1).Eax is var features && (features & (1 << 5)) != 0;
        if (!hasUnits || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return null;
        var functions = (
            from inPlace in (bool[])[false, true]
            from vectors in Enumerable.Range(1, Vectors)
            from rows in Enumerable.Range(1, MaximumRows)
            select BFloat16Code.Write(rows, vectors, inPlace)).ToArray();
        return ExecutableMemory.Place(functions) is { } code ? new BFloat16Kernel(code) : null;
    }

    private void Run(BFloat16Code.Arguments* arguments, int rows, int columns, int firstCode)
    {
        var vectors = Math.Min(Vectors, (columns + Lanes - 1) / Lanes);
        var (blocks, rest) = Math.DivRem(rows, MaximumRows);
        arguments->Blocks = blocks;
        if (blocks > 0) Call(MaximumRows);
        if (rest == 0) return;
        var done = blocks * MaximumRows;
        arguments->A += done * arguments->StrideA;
        arguments->C += done * arguments->StrideC;
        arguments->Blocks = 1;
        Call(rest);

        void Call(int rowsOfBlock) =>
            ((delegate* unmanaged<BFloat16Code.Arguments*, void>)_code[firstCode + ((vectors - 1) * MaximumRows) + rowsOfBlock - 1])(arguments);
    }
}
