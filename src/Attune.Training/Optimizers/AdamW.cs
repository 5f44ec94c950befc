using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2, with fp32 state. The decay comes
/// first and epsilon after the bias correction:
/// p ← p (1 − ηλ);  m ← m + (1 − β₁)(g − m);  v ← β₂ v + (1 − β₂) g²;
/// p ← p − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
/// A tensor without a gradient is left alone: no decay, no step counted.
/// </summary>
public sealed class AdamW : IOptimizer
{
    private readonly AdamWOptions _options;
    private readonly Slot[] _slots;

    /// <summary>An optimizer with fresh state.</summary>
    /// <param name="tensors">What it trains.</param>
    /// <param name="options">Its settings.</param>
    public AdamW(IEnumerable<TrainedTensor> tensors, AdamWOptions options)
    {
        _options = options;
        _slots = [.. tensors.Select(tensor => new Slot(tensor))];
    }

    /// <inheritdoc/>
    public long StateBytes => _slots.Sum(slot => BytesOf(slot.Average.numel()));

    /// <summary>Size of the moments of a tensor, bytes.</summary>
    /// <param name="elements">Of the tensor.</param>
    public static long BytesOf(long elements) => 2 * sizeof(float) * elements;

    /// <summary>The moments and step counts, named <c>{tensor}.exp_avg</c>, <c>.exp_avg_sq</c> and <c>.step</c> (int64).</summary>
    /// <returns>The live moments; the step counts are the caller's to dispose.</returns>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        foreach (var slot in _slots)
        {
            yield return ($"{slot.Trained.Name}.exp_avg", slot.Average);
            yield return ($"{slot.Trained.Name}.exp_avg_sq", slot.Square);
            yield return ($"{slot.Trained.Name}.step", tensor(slot.Steps));
        }
    }

    /// <inheritdoc/>
    public void Restore(Func<string, Tensor> load)
    {
        foreach (var slot in _slots)
        {
            SavedState.Fill(slot.Average, load, $"{slot.Trained.Name}.exp_avg");
            SavedState.Fill(slot.Square, load, $"{slot.Trained.Name}.exp_avg_sq");
            slot.Steps = SavedState.Steps(load, $"{slot.Trained.Name}.step");
        }
    }

    /// <inheritdoc/>
    public void Step(double learningRate, double gradientFactor = 1)
    {
        foreach (var slot in _slots)
        {
            using var gradient = slot.Trained.Value.grad;
            if (gradient is null) continue;
            using var dense = gradient.contiguous();
            slot.Steps++;
            Update(slot, dense, learningRate, (float)gradientFactor);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in _slots)
        {
            slot.Average.Dispose();
            slot.Square.Dispose();
        }
    }

    private unsafe void Update(Slot slot, Tensor gradient, double learningRate, float gradientFactor)
    {
        var terms = new AdamWTerms(_options, slot.Trained.Decays ? _options.WeightDecay : 0, learningRate, slot.Steps, gradientFactor);
        // The tensors outlive the loop and their memory is torch's, which does not move.
        fixed (float* p = FloatMemory.Of(slot.Trained.Value), g = FloatMemory.Of(gradient), m = FloatMemory.Of(slot.Average), v = FloatMemory.Of(slot.Square))
        {
            var (pointerP, pointerG, pointerM, pointerV) = ((nint)p, (nint)g, (nint)m, (nint)v);
            Slices.Run(checked((int)gradient.numel()), (start, count) =>
            {
                terms.Apply(At(pointerP), At(pointerG), At(pointerM), At(pointerV));

                Span<float> At(nint pointer) => new((float*)pointer + start, count);
            });
        }
    }

    private sealed class Slot
    {
        public Slot(TrainedTensor trained)
        {
            Trained = trained;
            Average = zeros(trained.Value.shape, ScalarType.Float32).DetachFromDisposeScope();
            Square = zeros(trained.Value.shape, ScalarType.Float32).DetachFromDisposeScope();
        }

        public TrainedTensor Trained { get; }

        public Tensor Average { get; }

        public Tensor Square { get; }

        public long Steps { get; set; }
    }
}
