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
    private readonly MuonWorker[] _workers; // one a thread
    private readonly Slot[] _slots;

    /// <summary>An optimizer with fresh state.</summary>
    /// <param name="tensors">What it trains.</param>
    /// <param name="options">For hidden matrices.</param>
    /// <param name="others">For the other tensors.</param>
    /// <param name="kernel">Computes the products of Newton–Schulz.</param>
    /// <param name="threads">Threads to use for hidden matrices.</param>
    public Muon(IEnumerable<TrainedTensor> tensors, MuonOptions options, AdamWOptions others, ProductKernel kernel, int threads)
    {
        var byKind = tensors.ToLookup(tensor => tensor.IsHiddenMatrix);
        (_options, _others, _team) = (options, new AdamW(byKind[false], others), new Team(threads));
        _workers = [.. Enumerable.Range(0, threads).Select(_ => new MuonWorker(kernel))];
        _slots = [.. byKind[true].OrderByDescending(tensor => tensor.Value.numel()).Select(tensor => new Slot(tensor))]; // no large one begins last
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
        using var scope = NewDisposeScope();
        var work = (
            from slot in _slots
            let gradient = slot.Trained.Value.grad
            where gradient is not null
            select (Slot: slot, Gradient: gradient.contiguous(), Terms: TermsOf(slot.Trained, learningRate * _options.RateFactor, (float)gradientFactor))).ToArray();
        _team.Run(work.Length, (task, worker) =>
        {
            var (slot, gradient, terms) = work[task];
            _workers[worker].Update(slot.Trained.Value, gradient, slot.Momentum, terms);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _others.Dispose();
        foreach (var slot in _slots) slot.Momentum.Dispose();
        foreach (var worker in _workers) worker.Dispose();
        _team.Dispose();
    }

    private MuonTerms TermsOf(TrainedTensor tensor, double rate, float gradientFactor) => new(
        (float)(1 - _options.Momentum), gradientFactor,
        Keep: (float)(1 - (rate * (tensor.Decays ? _options.WeightDecay : 0))), Rate: (float)(rate * SizeOfAdamW * Math.Sqrt(tensor.Value.shape.Max())));

    private sealed class Slot(TrainedTensor trained)
    {
        public TrainedTensor Trained { get; } = trained;

        public Tensor Momentum { get; } = zeros(trained.Value.shape, ScalarType.Float32).DetachFromDisposeScope();
    }
}
