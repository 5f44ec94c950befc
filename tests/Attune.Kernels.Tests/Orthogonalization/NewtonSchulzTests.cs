using Attune.Kernels.Memory;
using Attune.Kernels.Orthogonalization;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using Attune.Kernels.Vectors;

namespace Attune.Kernels.Tests.Orthogonalization;

public sealed class NewtonSchulzTests : IDisposable
{
    private readonly Team _team = new(3);

    public void Dispose() => _team.Dispose();

    /// <summary>1e-4, as the reference's notes say: fp32, but the iteration amplifies rounding.</summary>
    [Theory]
    [InlineData("square", 6, 6)]
    [InlineData("tall", 8, 3)]
    [InlineData("wide", 3, 8)]
    public void In_fp32_it_equals_the_reference(string name, int rows, int columns)
    {
        var golden = new GoldenTensors(Goldens.Path("optimizers/muon.safetensors"));
        foreach (var kernel in (ProductKernel[])[Float32Kernel<Lanes256>.Instance, Float32Kernel<Lanes512>.Instance])
            Assert.InRange(Distance(Run(kernel, golden.Floats($"gradients/{name}")[..(rows * columns)], rows, columns), golden.Floats($"newton_schulz_fp32/{name}")), 0, 1e-4);
    }

    /// <summary>No farther from the reference's fp32 than twice as far as its own bf16: other roundings of the same kind.</summary>
    [Theory]
    [InlineData("square", 6, 6)]
    [InlineData("tall", 8, 3)]
    [InlineData("wide", 3, 8)]
    public void In_bf16_it_is_as_near_as_the_reference(string name, int rows, int columns)
    {
        var golden = new GoldenTensors(Goldens.Path("optimizers/muon.safetensors"));
        var exact = golden.Floats($"newton_schulz_fp32/{name}");
        var ours = Run(BFloat16(), golden.Floats($"gradients/{name}")[..(rows * columns)], rows, columns);
        Assert.InRange(Distance(ours, exact), 1e-6, 2 * Distance(golden.Floats($"newton_schulz/{name}"), exact));
    }

    /// <summary>The iteration as it is written, in fp64; 1e-4 as above. More columns than a panel has, and none of its multiples.</summary>
    [Theory]
    [InlineData(101, 150)]
    [InlineData(150, 101)]
    public void Larger_matrices_go_the_way_of_the_equation(int rows, int columns)
    {
        var matrix = RandomNumbers(rows, columns);
        var expected = Iterated(matrix, rows, columns);
        foreach (var kernel in (ProductKernel[])[Float32Kernel<Lanes256>.Instance, Float32Kernel<Lanes512>.Instance])
            Assert.InRange(Distance(Run(kernel, matrix, rows, columns), expected), 0, 1e-4);
    }

    /// <summary>M = D with one entry in each row: its singular values are the entries, and UVᵀ their signs.</summary>
    [Theory]
    [InlineData(70, 130)]
    [InlineData(131, 70)]
    [InlineData(65, 65)]
    public void Singular_values_come_near_1_and_the_vectors_stay(int rows, int columns)
    {
        foreach (var kernel in new[] { ProductKernel.Of(ElementType.Float32), ProductKernel.Of(ElementType.BFloat16) }.OfType<ProductKernel>())
        {
            var (matrix, count) = (new float[rows * columns], Math.Min(rows, columns));
            for (var i = 0; i < count; i++) matrix[(i * columns) + Column(i)] = (i % 2 == 0 ? 1 : -1) * (1 + (i % 7));
            var result = Run(kernel, matrix, rows, columns);
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    var (value, sign) = (result[(row * columns) + column], Math.Sign(matrix[(row * columns) + column]));
                    if (sign == 0) Assert.Equal(0, value);
                    else Assert.InRange(value * sign, 0.67, 1.15);
                }
            }
        }

        int Column(int row) => row * 2 < columns ? row * 2 : ((row * 2) - columns) | 1;
    }

    [Fact]
    public void The_number_of_threads_does_not_matter()
    {
        var matrix = RandomNumbers(150, 101);
        using var alone = new Team(1);
        foreach (var kernel in new[] { ProductKernel.Of(ElementType.Float32), ProductKernel.Of(ElementType.BFloat16) }.OfType<ProductKernel>())
            Assert.Equal(Run(kernel, matrix, 150, 101, alone), Run(kernel, matrix, 150, 101));
    }

    [Fact]
    public void Zeros_stay_zeros() => Assert.Equal(new float[12], Run(ProductKernel.Of(ElementType.Float32)!, new float[12], 3, 4));

    private static ProductKernel BFloat16()
    {
        var kernel = ProductKernel.Of(ElementType.BFloat16);
        Assert.SkipWhen(kernel is null, "no bf16 unit");
        return kernel;
    }

    private static float[] RandomNumbers(int rows, int columns)
    {
        using var random = new RandomMatrix(rows, columns, ElementType.Float32, 5);
        return [.. from row in Enumerable.Range(0, rows) from column in Enumerable.Range(0, columns) select random[row, column]];
    }

    /// <summary>X ← aX + (bXXᵀ + c(XXᵀ)²)X five times; with more rows than columns XᵀX stands on the other side, which is the same.</summary>
    private static float[] Iterated(float[] matrix, int rows, int columns)
    {
        var norm = Math.Sqrt(matrix.Sum(value => (double)value * value));
        double[] x = [.. matrix.Select(value => value / norm)];
        for (var i = 0; i < 5; i++)
        {
            var gram = Product(x, Transposed(x, rows, columns), rows, columns, rows);
            var square = Product(gram, gram, rows, rows, rows);
            double[] polynomial = [.. gram.Zip(square, (g, s) => (-4.775 * g) + (2.0315 * s))];
            x = [.. x.Zip(Product(polynomial, x, rows, rows, columns), (a, b) => (3.4445 * a) + b)];
        }

        return [.. x.Select(value => (float)value)];
    }

    private static double[] Transposed(double[] matrix, int rows, int columns) =>
        [.. from column in Enumerable.Range(0, columns) from row in Enumerable.Range(0, rows) select matrix[(row * columns) + column]];

    private static double[] Product(double[] a, double[] b, int rows, int depth, int columns)
    {
        var result = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var k = 0; k < depth; k++)
            {
                for (var column = 0; column < columns; column++) result[(row * columns) + column] += a[(row * depth) + k] * b[(k * columns) + column];
            }
        }

        return result;
    }

    private static double Distance(float[] ours, float[] theirs) => ours.Zip(theirs, (a, b) => Math.Abs((double)a - b)).Max();

    private unsafe float[] Run(ProductKernel kernel, float[] matrix, int rows, int columns, Team? team = null)
    {
        using var runner = new ProductRunner(team ?? _team, kernel);
        using var iteration = new NewtonSchulz(team ?? _team, runner, rows, columns);
        var result = matrix.ToArray();
        fixed (float* data = result) iteration.Run(Matrix.Dense((byte*)data, rows, columns, ElementType.Float32));
        return result;
    }
}
