using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Attention;

/// <summary>One head of some consecutive queries of a sample, on one thread.</summary>
/// <param name="kernel">Its type is that of the products.</param>
/// <param name="scale">1 / √head size.</param>
/// <param name="first">Place of the first query in its sample.</param>
internal readonly unsafe struct ForwardPart(ProductKernel kernel, float scale, int first)
{
    /// <summary>[queries, head size].</summary>
    public required Matrix Query { get; init; }

    /// <summary>[length, head size].</summary>
    public required Matrix Key { get; init; }

    /// <summary>[length, head size].</summary>
    public required Matrix Value { get; init; }

    /// <summary>[queries, head size].</summary>
    public required Matrix Output { get; init; }

    /// <summary>[queries, 2].</summary>
    public required Matrix Softmax { get; init; }

    public static long ScratchBytes(ProductKernel kernel, int headSize)
    {
        var scratch = new AttentionScratch(null, kernel);
        _ = new Pieces(ref scratch, kernel.Type, CausalAttention.QueriesOfTask, headSize);
        return scratch.Used(null);
    }

    public void Run(AttentionScratch scratch)
    {
        var size = Query.Columns;
        var pieces = new Pieces(ref scratch, kernel.Type, Query.Rows, size);
        for (var row = 0; row < Query.Rows; row++)
        {
            Conversion.Copy(Query.Type, Query.Row(row), kernel.Type, pieces.Query.Row(row), size, 1);
            pieces.State.Floats(row)[0] = float.NegativeInfinity;
            pieces.State.Floats(row)[1] = 0;
        }

        var seen = first + Query.Rows;
        for (var key = 0; key < seen; key += CausalAttention.Keys)
        {
            var keys = Math.Min(CausalAttention.Keys, seen - key);
            pieces.Keys.Pack(Panels.OfTransposed(Key.SliceRows(key, keys)));
            pieces.Values.Pack(Panels.Of(Value.SliceRows(key, keys)));
            for (var row = 0; row < Query.Rows; row += CausalAttention.Queries)
            {
                var rows = Math.Min(CausalAttention.Queries, Query.Rows - row);
                var visible = Math.Min(keys, first + row + rows - key);   // of the last query, which sees most
                if (visible > 0) Block(pieces, row, rows, key, visible);
            }
        }

        for (var row = 0; row < Query.Rows; row++)
        {
            var state = pieces.State.Floats(row);
            Conversion.Copy(ElementType.Float32, pieces.Output.Row(row), Output.Type, Output.Row(row), size, 1 / state[1]);
            (Softmax.Floats(row)[0], Softmax.Floats(row)[1]) = (state[0], 1 / state[1]);
        }
    }

    private void Block(in Pieces pieces, int row, int rows, int key, int visible)
    {
        pieces.Keys.Multiply(pieces.Query.SliceRows(row, rows), rows, Query.Columns, visible, pieces.Scores, accumulate: false);
        for (var i = 0; i < rows; i++)
        {
            var own = Math.Clamp(first + row + i + 1 - key, 0, visible);
            var kept = SoftmaxKernel.Online(pieces.Scores.Floats(i), own, scale, pieces.State.Floats(row + i), kernel.Type, pieces.Weights.Row(i), visible);
            if (key > 0 && kept != 1) SoftmaxKernel.Scale(pieces.Output.Floats(row + i), Query.Columns, kept);
        }

        pieces.Values.Multiply(pieces.Weights, rows, visible, Query.Columns, pieces.Output.SliceRows(row, rows), accumulate: key > 0);
    }

    private readonly struct Pieces
    {
        public Pieces(ref AttentionScratch scratch, ElementType type, int queries, int size)
        {
            Query = scratch.Take(queries, size, type);
            State = scratch.Take(queries, 2, ElementType.Float32);
            Output = scratch.TakeSums(queries, size);
            Keys = scratch.TakePanels(size, CausalAttention.Keys);
            Values = scratch.TakePanels(CausalAttention.Keys, size);
            Scores = scratch.TakeSums(CausalAttention.Queries, CausalAttention.Keys);
            Weights = scratch.Take(CausalAttention.Queries, CausalAttention.Keys + 1, type);
        }

        public Matrix Query { get; }

        /// <summary>Of each query: the largest score so far, and the sum of exponentials relative to it.</summary>
        public Matrix State { get; }

        public Matrix Output { get; }

        public PackedPanels Keys { get; }

        public PackedPanels Values { get; }

        public Matrix Scores { get; }

        public Matrix Weights { get; }
    }
}
