using Attune.Kernels.Memory;
using Attune.Kernels.Orthogonalization;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Updates matrices on one thread, with memory of its own: matrices do not wait for each other as threads on one of them would.</summary>
internal sealed unsafe class MuonWorker : IDisposable
{
    private readonly Team _alone = new(1);
    private readonly ProductRunner _runner;
    private readonly Dictionary<(int Shorter, int Longer), NewtonSchulz> _iterations = [];
    private float[] _update = [];

    /// <summary>A worker.</summary>
    /// <param name="kernel">Computes the products of Newton–Schulz.</param>
    public MuonWorker(ProductKernel kernel) => _runner = new ProductRunner(_alone, kernel);

    /// <summary>One update of a matrix and its momentum.</summary>
    /// <param name="matrix">[rows, columns], fp32 and contiguous as all of them.</param>
    /// <param name="gradient">[rows, columns].</param>
    /// <param name="momentum">[rows, columns].</param>
    /// <param name="terms">The numbers of this update.</param>
    public void Update(Tensor matrix, Tensor gradient, Tensor momentum, MuonTerms terms)
    {
        var (rows, columns) = ((int)matrix.shape[0], (int)matrix.shape[1]);
        if (_update.Length < rows * columns) _update = new float[rows * columns];
        var update = _update.AsSpan(0, rows * columns);
        terms.Mix(FloatMemory.Of(gradient), FloatMemory.Of(momentum), update);
        fixed (float* data = update) IterationOf(rows, columns).Run(Matrix.Dense((byte*)data, rows, columns, ElementType.Float32));
        terms.Apply(FloatMemory.Of(matrix), update);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var iteration in _iterations.Values) iteration.Dispose();
        _runner.Dispose();
        _alone.Dispose();
    }

    private NewtonSchulz IterationOf(int rows, int columns)
    {
        var sides = (Math.Min(rows, columns), Math.Max(rows, columns));
        if (!_iterations.TryGetValue(sides, out var iteration)) _iterations[sides] = iteration = new NewtonSchulz(_alone, _runner, rows, columns);
        return iteration;
    }
}
