using Attune.Kernels.Memory;
using Attune.Kernels.Orthogonalization;
using Attune.Kernels.Products;
using Attune.Kernels.Threads;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// Jordan et al. 2024, "Muon: An optimizer for hidden layers in neural networks", with Nesterov's momentum, for hidden
/// matrices; all other tensors go to <see cref="AdamW"/>. The size of an update is that of AdamW's (Liu et al. 2025, "Muon
/// is Scalable for LLM Training", equation 4), so that both can share a learning rate:
/// m ← μm + (1 − μ)g;  u = μm + (1 − μ)g;  p ← p (1 − ηλ) − 0.2 √max(rows, columns) η · NewtonSchulz(u).
/// A tensor without a gradient is left alone.
/// </summary>
public sealed class Muon : IOptimizer
{
    private const double SizeOfAdamW = 0.2; // root mean square of an element of AdamW's updates, as it is usually seen

    private readonly MuonOptions _options;
    private readonly AdamW _others;
    private readonly Team _team;
    private readonly ProductRunner _runner;
    private readonly Slot[] _slots;
    private readonly Dictionary<(int Rows, int Columns), Workspace> _workspaces = [];

    /// <summary>An optimizer with fresh state.</summary>
    /// <param name="tensors">What it trains.</param>
    /// <param name="options">For hidden matrices.</param>
    /// <param name="others">For the other tensors.</param>
    /// <param name="kernel">Computes the products of Newton–Schulz.</param>
    /// <param name="threads">Threads to use for them.</param>
    public Muon(IEnumerable<TrainedTensor> tensors, MuonOptions options, AdamWOptions others, ProductKernel kernel, int threads)
    {
        var byKind = tensors.ToLookup(tensor => tensor.IsHiddenMatrix);
        (_options, _others, _team) = (options, new AdamW(byKind[false], others), new Team(threads));
        _runner = new ProductRunner(_team, kernel);
        _slots = [.. byKind[true].Select(tensor => new Slot(tensor))];
        foreach (var (rows, columns) in _slots.Select(slot => slot.Shape).Distinct())
            _workspaces[(rows, columns)] = new Workspace(new NewtonSchulz(_team, _runner, rows, columns), zeros(rows, columns).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public long StateBytes => _others.StateBytes + _slots.Sum(slot => BytesOf(slot.Trained));

    /// <summary>Size of the state of a tensor, bytes.</summary>
    public static long BytesOf(TrainedTensor tensor) =>
        tensor.IsHiddenMatrix ? sizeof(float) * tensor.Value.numel() : AdamW.BytesOf(tensor.Value.numel());

    /// <summary>Of hidden matrices <c>{tensor}.momentum_buffer</c> (fp32, of the tensor's shape); of the others what <see cref="AdamW.State"/> says.</summary>
    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> State() =>
        _others.State().Concat(_slots.Select(slot => ($"{slot.Trained.Name}.momentum_buffer", slot.Momentum)));

    /// <inheritdoc/>
    public void Restore(Func<string, Tensor> load)
    {
        _others.Restore(load);
        foreach (var slot in _slots) SavedState.Fill(slot.Momentum, load, $"{slot.Trained.Name}.momentum_buffer");
    }

    /// <inheritdoc/>
    public void Step(double learningRate, double gradientFactor = 1)
    {
        _others.Step(learningRate, gradientFactor);
        foreach (var slot in _slots)
        {
            using var gradient = slot.Trained.Value.grad;
            if (gradient is null) continue;
            using var dense = gradient.contiguous();
            Update(slot, dense, learningRate * _options.RateFactor, (float)gradientFactor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _others.Dispose();
        foreach (var slot in _slots) slot.Momentum.Dispose();
        foreach (var workspace in _workspaces.Values) workspace.Dispose();
        _runner.Dispose();
        _team.Dispose();
    }

    private unsafe void Update(Slot slot, Tensor gradient, double rate, float gradientFactor)
    {
        var (rows, columns) = slot.Shape;
        var workspace = _workspaces[slot.Shape];
        var terms = new MuonTerms(
            (float)(1 - _options.Momentum), gradientFactor,
            Keep: (float)(1 - (rate * (slot.Trained.Decays ? _options.WeightDecay : 0))), Rate: (float)(rate * SizeOfAdamW * Math.Sqrt(Math.Max(rows, columns))));
        // The tensors outlive the loops and their memory is torch's, which does not move.
        fixed (float* p = FloatMemory.Of(slot.Trained.Value), g = FloatMemory.Of(gradient), m = FloatMemory.Of(slot.Momentum), u = FloatMemory.Of(workspace.Update))
        {
            var (pointerP, pointerG, pointerM, pointerU) = ((nint)p, (nint)g, (nint)m, (nint)u);
            Slices.Run(rows * columns, (start, count) => terms.Mix(At(pointerG, start, count), At(pointerM, start, count), At(pointerU, start, count)));
            workspace.Iteration.Run(Matrix.Dense((byte*)u, rows, columns, ElementType.Float32));
            Slices.Run(rows * columns, (start, count) => terms.Apply(At(pointerP, start, count), At(pointerU, start, count)));
        }

        static Span<float> At(nint pointer, int start, int count) => new((float*)pointer + start, count);
    }

    /// <summary>What matrices of one shape are computed in, one after the other.</summary>
    private sealed record Workspace(NewtonSchulz Iteration, Tensor Update) : IDisposable
    {
        public void Dispose()
        {
            Iteration.Dispose();
            Update.Dispose();
        }
    }

    private sealed class Slot(TrainedTensor trained)
    {
        public TrainedTensor Trained { get; } = trained;

        public (int Rows, int Columns) Shape { get; } = ((int)trained.Value.shape[0], (int)trained.Value.shape[1]);

        public Tensor Momentum { get; } = zeros(trained.Value.shape, ScalarType.Float32).DetachFromDisposeScope();
    }
}
