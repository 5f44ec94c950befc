using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Attention;

/// <summary>One head of some consecutive queries, on one thread.</summary>
/// <param name="kernel">Its type is that of the products.</param>
/// <param name="scale">1 / √head size.</param>
/// <param name="seen">The keys that they see.</param>
/// <param name="head">The queries, and keys and values of the whole batch.</param>
internal readonly unsafe struct ForwardPart(ProductKernel kernel, float scale, IReadOnlyList<KeyRange> seen, HeadOfSample head)
{
    public static long ScratchBytes(ProductKernel kernel, int headSize)
    {
        var scratch = new AttentionScratch(null, kernel);
        _ = new Pieces(ref scratch, kernel.Type, CausalAttention.QueriesOfTask, headSize);
        return scratch.Used;
    }

    public void Run(AttentionScratch scratch)
    {
        var size = head.Query.Columns;
        var pieces = new Pieces(ref scratch, kernel.Type, head.Query.Rows, size);
        var query = head.Query.Type == kernel.Type ? head.Query : pieces.Query;
        for (var row = 0; row < head.Query.Rows; row++)
        {
            if (head.Query.Type != kernel.Type) Conversion.Copy(head.Query.Type, head.Query.Row(row), kernel.Type, query.Row(row), size, 1);
            pieces.State.Floats(row)[0] = float.NegativeInfinity;
            pieces.State.Floats(row)[1] = 0;
        }

        for (var range = 0; range < seen.Count; range++)
        {
            for (var key = 0; key < seen[range].Count; key += CausalAttention.Keys) Block(pieces, query, seen[range], key, isFirst: range == 0 && key == 0);
        }

        for (var row = 0; row < head.Query.Rows; row++)
        {
            var state = pieces.State.Floats(row);
            Conversion.Copy(ElementType.Float32, pieces.Output.Row(row), head.Output.Type, head.Output.Row(row), size, 1 / state[1]);
            (head.Softmax.Floats(row)[0], head.Softmax.Floats(row)[1]) = (state[0], 1 / state[1]);
        }
    }

    // A block of keys and all queries that see any of them.
    private void Block(in Pieces pieces, Matrix query, KeyRange range, int key, bool isFirst)
    {
        var keys = Math.Min(CausalAttention.Keys, range.Count - key);
        pieces.Keys.Pack(Panels.OfTransposed(head.Key.SliceRows(range.Start + key, keys)));
        pieces.Values.Pack(Panels.Of(head.Value.SliceRows(range.Start + key, keys)));
        for (var row = 0; row < range.Queries; row += CausalAttention.Queries)
        {
            var rows = Math.Min(CausalAttention.Queries, range.Queries - row);
            var place = range.Place + row - key;                // of the first query, from the block's first key
            var visible = Math.Min(keys, place + rows);         // of the last query, which sees most
            if (visible > 0) Block(pieces, query, range.FirstQuery + row, rows, place, visible, isFirst);
        }
    }

    private void Block(in Pieces pieces, Matrix query, int row, int rows, int place, int visible, bool isFirst)
    {
        pieces.Keys.Multiply(query.SliceRows(row, rows), rows, head.Query.Columns, visible, pieces.Scores, accumulate: false);
        for (var i = 0; i < rows; i++)
        {
            var own = Math.Clamp(place + i + 1, 0, visible);
            var kept = SoftmaxKernel.Online(pieces.Scores.Floats(i), own, scale, pieces.State.Floats(row + i), kernel.Type, pieces.Weights.Row(i), visible);
            var output = pieces.Output.Row(row + i);
            if (!isFirst && kept != 1) Conversion.Copy(ElementType.Float32, output, ElementType.Float32, output, head.Query.Columns, kept);
        }

        pieces.Values.Multiply(pieces.Weights, rows, visible, head.Query.Columns, pieces.Output.SliceRows(row, rows), accumulate: !isFirst);
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
