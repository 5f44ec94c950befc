using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Products;

/// <summary>Products against sums in fp64: of the same rounded numbers, so only the order of fp32 sums differs (1e-5 of the largest).</summary>
public sealed class ProductRunnerTests : IDisposable
{
    private readonly Team _team = new(3);

    public static TheoryData<string, int, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<string, int, int, int>();
            foreach (var kernel in (string[])["bf16", "fp32 in 512 bits", "fp32 in 256 bits"])
            {
                foreach (var (rows, depth, columns) in ((int, int, int)[])[(1, 1, 1), (7, 5, 3), (8, 48, 48), (9, 33, 49), (130, 31, 16), (17, 3000, 100), (700, 64, 20), (16, 1025, 96), (3, 64, 16), (11, 7, 112)])
                    cases.Add(kernel, rows, depth, columns);
            }

            return cases;
        }
    }

    public void Dispose() => _team.Dispose();

    [Theory]
    [MemberData(nameof(Cases))]
    public void Both_layouts_of_B_give_the_product(string name, int rows, int depth, int columns)
    {
        var kernel = Kernel(name);
        using var runner = new ProductRunner(_team, kernel);
        using var a = new RandomMatrix(rows, depth, kernel.Type, 1);
        using var b = new RandomMatrix(depth, columns, kernel.Type, 2);
        using var turned = new MatrixMemory(depth + 1, kernel.Type);
        using var result = new MatrixMemory(columns, ElementType.Float32);
        var transposed = new MatrixMemory(depth + 1, kernel.Type);
        var target = transposed.Of(columns).SliceColumns(0, depth);
        Transposition.Run(_team, (b.View, target));

        foreach (var panels in (Panels[])[Panels.Of(b.View), Panels.OfTransposed(target)])
        {
            runner.Run(new Product(rows, columns, Sinks.Store(result.Of(rows)), [new Term(a.View, panels)]));
            AssertProduct(a, b, result.Of(rows), 1);
        }

        transposed.Dispose();
    }

    [Theory]
    [InlineData("bf16")]
    [InlineData("fp32 in 512 bits")]
    [InlineData("fp32 in 256 bits")]
    public void Terms_are_summed_and_results_of_one_product_come_together(string name)
    {
        var kernel = Kernel(name);
        using var runner = new ProductRunner(_team, kernel);
        using var a = new RandomMatrix(21, 34, kernel.Type, 1);
        using var b = new RandomMatrix(34, 70, kernel.Type, 2);
        using var once = new MatrixMemory(70, ElementType.Float32);
        using var twice = new MatrixMemory(70, ElementType.Float32);
        var (first, second, term) = (once.Of(21), twice.Of(21), new Term(a.View, Panels.Of(b.View)));
        unsafe
        {
            runner.Run(new Product(21, 70, Split, [term], [term, term]));

            void Split(int firstRow, int rows, int firstColumn, int columns, Tiles tiles)
            {
                for (var row = 0; row < rows; row++)
                {
                    for (var i = 0; i < columns; i++)
                    {
                        first.Floats(firstRow + row)[firstColumn + i] = tiles.Row(0, row)[i];
                        second.Floats(firstRow + row)[firstColumn + i] = tiles.Row(1, row)[i];
                    }
                }
            }
        }

        AssertProduct(a, b, first, 1);
        AssertProduct(a, b, second, 2);
    }

    [Theory]
    [InlineData("fp32 in 512 bits")]
    [InlineData("fp32 in 256 bits")]
    public void Weights_in_bf16_can_be_multiplied_in_fp32(string name)
    {
        var kernel = Kernel(name);
        using var runner = new ProductRunner(_team, kernel);
        using var a = new RandomMatrix(11, 40, ElementType.Float32, 1);
        using var b = new RandomMatrix(40, 51, ElementType.BFloat16, 2);
        using var result = new MatrixMemory(51, ElementType.Float32);
        runner.Run(new Product(11, 51, Sinks.Store(result.Of(11)), [new Term(a.View, Panels.Of(b.View))]));
        AssertProduct(a, b, result.Of(11), 1);

        using var transposed = new MatrixMemory(40, ElementType.BFloat16);
        Transposition.Run(_team, (b.View, transposed.Of(51)));
        runner.Run(new Product(11, 51, Sinks.Store(result.Of(11)), [new Term(a.View, Panels.OfTransposed(transposed.Of(51)))]));
        AssertProduct(a, b, result.Of(11), 1);
    }

    private static unsafe void AssertProduct(RandomMatrix a, RandomMatrix b, Matrix actual, double factor)
    {
        var largest = 0.0;
        var difference = 0.0;
        for (var row = 0; row < a.View.Rows; row++)
        {
            for (var column = 0; column < b.View.Columns; column++)
            {
                var sum = factor * Enumerable.Range(0, a.View.Columns).Sum(k => (double)a[row, k] * b[k, column]);
                largest = Math.Max(largest, Math.Abs(sum));
                difference = Math.Max(difference, Math.Abs(sum - actual.Floats(row)[column]));
            }
        }

        Assert.InRange(difference, 0, 1e-5 * largest);
    }

    private static ProductKernel Kernel(string name)
    {
        if (name == "fp32 in 256 bits") return Float32Kernel<Lanes256>.Instance;
        if (name == "fp32 in 512 bits") return Float32Kernel<Lanes512>.Instance;
        var kernel = ProductKernel.Of(ElementType.BFloat16);
        Assert.SkipWhen(kernel is null, "no bf16 unit");
        return kernel;
    }
}
