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

    private readonly nint[] _code; // by (vectors − 1) × 8 + rows − 1

    private BFloat16Kernel(nint[] code) => _code = code;

    public override ElementType Type => ElementType.BFloat16;

    public override int PanelColumns => 48;

    public override int BlockRows => MaximumRows;

    public override void Multiply(byte* a, nint strideA, byte* panel, float* c, nint strideC, int depth, int rows, int columns, bool accumulate)
    {
        var vectors = Math.Min(Vectors, (columns + 15) / 16);
        var (blocks, rest) = Math.DivRem(rows, MaximumRows);
        var arguments = new BFloat16Code.Arguments
        {
            A = a, StrideA = strideA, Panel = panel, C = (byte*)c, StrideC = strideC, Pairs = depth / 2, Blocks = blocks, Accumulates = accumulate ? 1 : 0,
        };
        if (blocks > 0) Run(vectors, MaximumRows, &arguments);
        if (rest == 0) return;
        var done = blocks * MaximumRows;
        arguments.A = a + (done * strideA);
        arguments.C = (byte*)c + (done * strideC);
        arguments.Blocks = 1;
        Run(vectors, rest, &arguments);
    }

    private static BFloat16Kernel? Create()
    {
        // CPUID 7.1: EAX bit 5 is AVX512_BF16. The code follows the System V calling convention.
        var hasUnits = Avx512F.IsSupported && X86Base.CpuId(7, 1).Eax is var features && (features & (1 << 5)) != 0;
        if (!hasUnits || !OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return null;
        var functions = (
            from vectors in Enumerable.Range(1, Vectors)
            from rows in Enumerable.Range(1, MaximumRows)
            select BFloat16Code.Write(rows, vectors)).ToArray();
        return ExecutableMemory.Place(functions) is { } code ? new BFloat16Kernel(code) : null;
    }

    private void Run(int vectors, int rows, BFloat16Code.Arguments* arguments) =>
        ((delegate* unmanaged<BFloat16Code.Arguments*, void>)_code[((vectors - 1) * MaximumRows) + rows - 1])(arguments);
}
