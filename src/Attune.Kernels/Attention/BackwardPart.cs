using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;

namespace Attune.Kernels.Attention;

/// <summary>
/// The gradients of one head of a sample, on one thread: with P = softmax(s q kᵀ) and D = Σ output · gradient,
/// dv = Pᵀ g; dS = s P (g vᵀ − D); dq = dS k; dk = dSᵀ q.
/// </summary>
/// <param name="kernel">Its type is that of the products.</param>
/// <param name="scale">s = 1 / √head size.</param>
/// <param name="head">All queries and what they see.</param>
internal readonly unsafe struct BackwardPart(ProductKernel kernel, float scale, HeadOfSample head)
{
    /// <summary>[length, head size].</summary>
    public required Matrix Gradient { get; init; }

    /// <summary>[length, head size].</summary>
    public required Matrix QueryGradient { get; init; }

    /// <summary>[length, head size].</summary>
    public required Matrix KeyGradient { get; init; }

    /// <summary>[length, head size].</summary>
    public required Matrix ValueGradient { get; init; }

    public static long ScratchBytes(ProductKernel kernel, int headSize)
    {
        var scratch = new AttentionScratch(null, kernel);
        _ = new Pieces(ref scratch, kernel.Type, headSize);
        return scratch.Used;
    }

    public void Run(AttentionScratch scratch)
    {
        var (length, size) = (head.Query.Rows, head.Query.Columns);
        var pieces = new Pieces(ref scratch, kernel.Type, size);
        if (length <= CausalAttention.Keys)
        {
            foreach (var matrix in (ReadOnlySpan<Matrix>)[head.Key, head.Value, head.Query, head.Output, Gradient]) Prefetching.All(matrix);
        }

        for (var key = 0; key < length; key += CausalAttention.Keys)
        {
            var keys = Math.Min(CausalAttention.Keys, length - key);
            pieces.KeysTransposed.Pack(Panels.OfTransposed(head.Key.SliceRows(key, keys)));
            pieces.ValuesTransposed.Pack(Panels.OfTransposed(head.Value.SliceRows(key, keys)));
            pieces.Keys.Pack(Panels.Of(head.Key.SliceRows(key, keys)));

            // The first block of queries that sees any of these keys is also the first to be summed.
            var start = key / CausalAttention.Queries * CausalAttention.Queries;
            pieces.KeySums.SliceRows(0, keys).Clear();
            pieces.ValueSums.SliceRows(0, keys).Clear();
            for (var row = start; row < length; row += CausalAttention.Queries)
            {
                var rows = Math.Min(CausalAttention.Queries, length - row);
                Block(pieces, row, rows, key, Math.Min(keys, row + rows - key));
            }

            for (var i = 0; i < keys; i++)
            {
                Conversion.Copy(ElementType.Float32, pieces.KeySums.Row(i), ElementType.Float32, KeyGradient.Row(key + i), size, 1);
                Conversion.Copy(ElementType.Float32, pieces.ValueSums.Row(i), ElementType.Float32, ValueGradient.Row(key + i), size, 1);
            }
        }
    }

    private void Block(in Pieces pieces, int row, int rows, int key, int visible)
    {
        var size = head.Query.Columns;
        var gradient = Gradient.SliceRows(row, rows);
        var query = head.Query.SliceRows(row, rows);
        if (query.Type != kernel.Type)
        {
            query = pieces.Query.SliceRows(0, rows);
            for (var i = 0; i < rows; i++) Conversion.Copy(head.Query.Type, head.Query.Row(row + i), kernel.Type, query.Row(i), size, 1);
        }

        pieces.KeysTransposed.Multiply(query, rows, size, visible, pieces.Scores, accumulate: false);
        pieces.ValuesTransposed.Multiply(gradient, rows, size, visible, pieces.WeightGradients, accumulate: false);
        var (weights, scoreGradients) = (pieces.Weights.SliceRows(0, rows).SliceColumns(0, visible), pieces.ScoreGradients.SliceRows(0, rows).SliceColumns(0, visible));
        for (var i = 0; i < rows; i++)
        {
            var own = Math.Clamp(row + i + 1 - key, 0, visible);
            var pull = SoftmaxKernel.Dot(kernel.Type, head.Output.Row(row + i), gradient.Row(i), size);
            SoftmaxKernel.Backward(
                pieces.Scores.Floats(i), pieces.WeightGradients.Floats(i), own, scale, head.Softmax.Floats(row + i), pull, kernel.Type, weights.Row(i), scoreGradients.Row(i), visible);
        }

        pieces.Keys.Multiply(scoreGradients, rows, visible, size, pieces.QuerySums, accumulate: false);
        for (var i = 0; i < rows; i++)
        {
            float* sum = pieces.QuerySums.Floats(i), target = QueryGradient.Floats(row + i);
            if (key > 0) FloatRows.Add(target, sum, 1, target, size);
            else new ReadOnlySpan<float>(sum, size).CopyTo(new Span<float>(target, size));
        }

        var (weightsTransposed, scoresTransposed) = (pieces.WeightsTransposed.SliceRows(0, visible), pieces.ScoresTransposed.SliceRows(0, visible));
        BlockTransposition.Run(weights, weightsTransposed);
        BlockTransposition.Run(scoreGradients, scoresTransposed);
        pieces.Queries.Pack(Panels.Of(query));
        pieces.Gradients.Pack(Panels.Of(gradient));
        pieces.Gradients.Multiply(weightsTransposed, visible, rows, size, pieces.ValueSums, accumulate: true);
        pieces.Queries.Multiply(scoresTransposed, visible, rows, size, pieces.KeySums, accumulate: true);
    }

    private readonly struct Pieces
    {
        public Pieces(ref AttentionScratch scratch, ElementType type, int size)
        {
            const int queries = CausalAttention.Queries, keys = CausalAttention.Keys;
            Query = scratch.Take(queries, size, type);
            KeysTransposed = scratch.TakePanels(size, keys);
            ValuesTransposed = scratch.TakePanels(size, keys);
            Keys = scratch.TakePanels(keys, size);
            Queries = scratch.TakePanels(queries, size);
            Gradients = scratch.TakePanels(queries, size);
            Scores = scratch.TakeSums(queries, keys);
            WeightGradients = scratch.TakeSums(queries, keys);
            Weights = scratch.Take(queries, keys + 1, type);
            ScoreGradients = scratch.Take(queries, keys + 1, type);
            WeightsTransposed = scratch.Take(keys, queries, type);
            ScoresTransposed = scratch.Take(keys, queries, type);
            QuerySums = scratch.TakeSums(queries, size);
            KeySums = scratch.TakeSums(keys, size);
            ValueSums = scratch.TakeSums(keys, size);
        }

        public Matrix Query { get; }

        public PackedPanels KeysTransposed { get; }

        public PackedPanels ValuesTransposed { get; }

        public PackedPanels Keys { get; }

        public PackedPanels Queries { get; }

        public PackedPanels Gradients { get; }

        public Matrix Scores { get; }

        public Matrix WeightGradients { get; }

        public Matrix Weights { get; }

        public Matrix ScoreGradients { get; }

        public Matrix WeightsTransposed { get; }

        public Matrix ScoresTransposed { get; }

        public Matrix QuerySums { get; }

        public Matrix KeySums { get; }

        public Matrix ValueSums { get; }
    }
}
