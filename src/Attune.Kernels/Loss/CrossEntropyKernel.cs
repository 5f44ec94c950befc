using System.Runtime.Intrinsics;
using Attune.Kernels.Memory;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Loss;

/// <summary>Softmax cross-entropy of rows of logits, and its gradient in their place: softmax − one-hot.</summary>
public static unsafe class CrossEntropyKernel
{
    /// <summary>The loss of each row, nats; the logits become the gradient of weight × their sum.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="logits">[rows, vocabulary], fp32 or bf16.</param>
    /// <param name="labels">[rows].</param>
    /// <param name="weight">Factor of the gradient; null: only the losses are wanted, the logits stay.</param>
    /// <param name="losses">[rows].</param>
    public static void Run(Team team, Matrix logits, ReadOnlyMemory<int> labels, float? weight, Memory<float> losses) =>
        RowBlocks.Run(team, logits.Rows, row =>
        {
            var label = labels.Span[row];
            losses.Span[row] = (Vector512.IsHardwareAccelerated, logits.Type) switch
            {
                (true, ElementType.BFloat16) => Row<Lanes512, BFloat16>(logits.Row(row), logits.Columns, label, weight),
                (true, _) => Row<Lanes512, Float32>(logits.Row(row), logits.Columns, label, weight),
                (_, ElementType.BFloat16) => Row<Lanes256, BFloat16>(logits.Row(row), logits.Columns, label, weight),
                _ => Row<Lanes256, Float32>(logits.Row(row), logits.Columns, label, weight),
            };
        }, KernelKind.Loss);

    internal static float Row<T, TElement>(byte* logits, int count, int label, float? weight)
        where T : struct, ILanes<T>
        where TElement : struct, IElement
    {
        var (largest, i) = (T.Create(float.NegativeInfinity), 0);
        for (; i + T.Count <= count; i += T.Count) largest = T.Max(largest, TElement.Load<T>(logits, i));
        var top = T.Largest(largest);
        for (; i < count; i++) top = MathF.Max(top, One(i));

        // Sums of many thousand exponentials: lanes in fp32, blocks of them in fp64.
        const int block = 4096;
        var sum = 0.0;
        for (var start = 0; start < count; start += block)
        {
            var end = Math.Min(count, start + block);
            var sums = T.Create(0);
            for (i = start; i + T.Count <= end; i += T.Count) sums += LaneMath.Exp(TElement.Load<T>(logits, i) - T.Create(top));
            sum += T.Sum(sums);
            for (; i < end; i++) sum += Lanes1.Sum(LaneMath.Exp(new Lanes1(One(i) - top)));
        }

        var loss = (float)(Math.Log(sum) + top - One(label));
        if (weight is not { } factor) return loss;

        var atLabel = (float)(((Math.Exp(One(label) - (double)top) / sum) - 1) * factor);
        var share = (float)(factor / sum);
        for (i = 0; i + T.Count <= count; i += T.Count)
            TElement.Store(LaneMath.Exp(TElement.Load<T>(logits, i) - T.Create(top)) * T.Create(share), logits, i);
        for (; i < count; i++) TElement.Store(LaneMath.Exp(new Lanes1(One(i) - top)) * new Lanes1(share), logits, i);
        TElement.Store(new Lanes1(atLabel), logits, label);
        return loss;

        float One(int index) => Lanes1.Sum(TElement.Load<Lanes1>(logits, index));
    }
}
