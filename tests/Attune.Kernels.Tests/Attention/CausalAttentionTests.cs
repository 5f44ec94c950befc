using Attune.Kernels.Attention;
using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Attention;

/// <summary>
/// The forward pass against softmax in fp64 over the keys that each query may see. In fp32 only exponentials and the order of
/// sums differ (1e-5); in bf16 weights and outputs are rounded to 8 bits, and values reach 4 (2e-2).
/// </summary>
public sealed class CausalAttentionTests : IDisposable
{
    private static readonly (int[] Lengths, int[] Prefixes)[] Layouts =
    [
        ([7], [-1]),
        ([1, 300, 64], [-1, -1, -1]),
        ([5, 1], [-1, 0]),
        ([1, 1, 3, 2], [-1, 0, 0, 0]),
        ([61, 6, 5, 9, 1, 40, 33], [-1, 0, 0, 0, 0, 0, 0]),                   // more than a block of 64 queries
        ([241, 3, 7, 17, 2, 5, 480, 1, 1, 239, 250], [-1, 0, 0, -1, 3, 3, -1, 6, 6, -1, 9]), // prefixes at a block of 240 keys and beyond
        ([10, 500, 30, 3], [-1, 0, 0, 0]),                                    // a task of 512 queries ends inside a branch
        ([8, 9, 4, 5, 6], [-1, -1, 0, 1, 0]),                                 // branches apart from their prefix and each other
        ([20, 1100, 30], [-1, 0, -1]),
        ([250, 7, 11, 3, 1, 5, 260, 9], [-1, 0, 0, 1, 1, 2, 0, 6]),           // branches of branches
    ];

    private readonly Team _team = new(2);

    public static TheoryData<string, int, int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, int, int>();
            foreach (var kernel in (string[])["bf16", "fp32 in 512 bits", "fp32 in 256 bits"])
            {
                for (var layout = 0; layout < Layouts.Length; layout++)
                {
                    cases.Add(kernel, layout, 3, 1, 10);
                    cases.Add(kernel, layout, 2, 2, 64);
                }
            }

            return cases;
        }
    }

    public void Dispose() => _team.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Queries_see_their_prefix_and_what_lies_before_them(string name, int layout, int heads, int shared, int size)
    {
        var kernel = Kernel(name);
        var shape = new AttentionShape(heads, shared, size);
        var (lengths, prefixes) = Layouts[layout];
        var tokens = lengths.Sum();
        using var attention = new CausalAttention(_team, kernel, shape);
        using var query = new RandomMatrix(tokens, heads * size, kernel.Type, 1);
        using var key = new RandomMatrix(tokens, shared * size, kernel.Type, 2);
        using var value = new RandomMatrix(tokens, shared * size, kernel.Type, 3);
        using var output = new RandomMatrix(tokens, heads * size, kernel.Type, 4);
        using var softmax = new MatrixMemory(2 * heads, ElementType.Float32);

        attention.Forward(lengths, prefixes, query.View, key.View, value.View, output.View, softmax.Of(tokens));

        var found = Numbers(output);
        var expected = Exact(Numbers(query), Numbers(key), Numbers(value), shape, Visible(lengths, prefixes));
        Assert.InRange(found.Zip(expected, (x, y) => Math.Abs(x - y)).Max(), 0, kernel.Type == ElementType.Float32 ? 1e-5 : 2e-2);
    }

    private static ProductKernel Kernel(string name)
    {
        ProductKernel? kernel = name switch
        {
            "bf16" => ProductKernel.Of(ElementType.BFloat16),
            "fp32 in 512 bits" when !System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated => null,
            "fp32 in 512 bits" => Float32Kernel<Lanes512>.Instance,
            _ => Float32Kernel<Lanes256>.Instance,
        };
        Assert.SkipWhen(kernel is null, $"no unit for {name}");
        return kernel;
    }

    // Places in the batch of the keys that each token sees.
    private static int[][] Visible(int[] lengths, int[] prefixes)
    {
        int[] starts = [.. lengths.Select((_, sample) => lengths.Take(sample).Sum())];
        int[] Before(int sample) => prefixes[sample] is var prefix and >= 0 ? [.. Before(prefix), .. Enumerable.Range(starts[prefix], lengths[prefix])] : [];
        return [.. lengths.SelectMany((length, sample) => Enumerable.Range(0, length).Select(place => (int[])[
            .. Before(sample), .. Enumerable.Range(starts[sample], place + 1)]))];
    }

    private static double[] Numbers(RandomMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.View.Rows * matrix.View.Columns).Select(i => (double)matrix[i / matrix.View.Columns, i % matrix.View.Columns])];

    private static double[] Exact(double[] query, double[] key, double[] value, AttentionShape shape, int[][] visible)
    {
        var (size, each) = (shape.HeadSize, shape.Heads / shape.KeyValueHeads);
        var output = new double[query.Length];
        Parallel.For(0, visible.Length * shape.Heads, i =>
        {
            var (token, head) = (i / shape.Heads, i % shape.Heads);
            var own = i * size;
            var sum = 0.0;
            foreach (var other in visible[token])
            {
                var shared = ((other * shape.KeyValueHeads) + (head / each)) * size;
                var score = 0.0;
                for (var j = 0; j < size; j++) score += query[own + j] * key[shared + j];
                var weight = Math.Exp(score / Math.Sqrt(size));
                sum += weight;
                for (var j = 0; j < size; j++) output[own + j] += weight * value[shared + j];
            }

            for (var j = 0; j < size; j++) output[own + j] /= sum;
        });
        return output;
    }
}
