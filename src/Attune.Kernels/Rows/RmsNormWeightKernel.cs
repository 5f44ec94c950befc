using System.Buffers;
using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Rows;

/// <summary>The gradient of a norm's weight: the sum over rows of g · x · r, with r as in <see cref="RmsNormKernel"/>.</summary>
public static unsafe class RmsNormWeightKernel
{
    private const int Columns = 64; // of a task: every sum runs over the rows in order, whatever the number of threads

    /// <summary>Adds the gradient.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="input">x, [rows, size], fp32 or bf16: what was normalised.</param>
    /// <param name="epsilon">As in the forward pass.</param>
    /// <param name="outputGradient">g, [rows, size], fp32.</param>
    /// <param name="target">[size]; added to.</param>
    public static void Run(Team team, Matrix input, double epsilon, Matrix outputGradient, float* target)
    {
        var inverse = ArrayPool<float>.Shared.Rent(input.Rows);
        RowBlocks.Run(team, input.Rows, row => inverse[row] = RmsNormKernel.Inverse(input.Type, input.Row(row), epsilon, input.Columns));
        team.Run((input.Columns + Columns - 1) / Columns, (task, _) =>
        {
            var first = task * Columns;
            var count = Math.Min(Columns, input.Columns - first);
            for (var row = 0; row < input.Rows; row++)
            {
                var (x, g) = ((nint)input.Row(row) + (first * input.Type.Size()), (nint)(outputGradient.Floats(row) + first));
                if (input.Type == ElementType.Float32) Add<Float32>((byte*)x, (float*)g, inverse[row], target + first, count);
                else Add<BFloat16>((byte*)x, (float*)g, inverse[row], target + first, count);
            }
        });
        ArrayPool<float>.Shared.Return(inverse);
    }

    private static void Add<TIn>(byte* x, float* g, float inverse, float* target, int count)
        where TIn : struct, IElement
    {
        var i = Vector512.IsHardwareAccelerated ? Add<Lanes512, TIn>(x, g, inverse, target, count, 0) : Add<Lanes256, TIn>(x, g, inverse, target, count, 0);
        Add<Lanes1, TIn>(x, g, inverse, target, count, i);
    }

    private static int Add<T, TIn>(byte* x, float* g, float inverse, float* target, int count, int i)
        where T : struct, ILanes<T>
        where TIn : struct, IElement
    {
        for (; i + T.Count <= count; i += T.Count)
            T.Store(T.MultiplyAdd(TIn.Load<T>(x, i) * T.Create(inverse), T.Load(g + i), T.Load(target + i)), target + i);
        return i;
    }
}
