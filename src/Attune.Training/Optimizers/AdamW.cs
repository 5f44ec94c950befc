using System.Numerics;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2, with fp32 state. The decay comes
/// first and epsilon after the bias correction:
/// p ← p (1 − ηλ);  m ← m + (1 − β₁)(g − m);  v ← β₂ v + (1 − β₂) g²;
/// p ← p − η / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε).
/// A tensor without a gradient is left alone: no decay, no step counted.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const int Slice = 1 << 16; // elements of one thread's turn

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

    /// <summary>Size of the moments, bytes.</summary>
    public long StateBytes => _slots.Sum(slot => 2 * sizeof(float) * slot.Average.numel());

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

    /// <summary>Goes on from a saved state.</summary>
    /// <param name="load">Gives a tensor by a name of <see cref="State"/>; it is disposed here.</param>
    public void Restore(Func<string, Tensor> load)
    {
        foreach (var slot in _slots)
        {
            Fill(slot.Average, load, $"{slot.Trained.Name}.exp_avg");
            Fill(slot.Square, load, $"{slot.Trained.Name}.exp_avg_sq");
            using var steps = load($"{slot.Trained.Name}.step");
            slot.Steps = steps.item<long>();
        }
    }

    /// <summary>One update of every tensor that has a gradient. A learning rate of 0 still moves the moments.</summary>
    /// <param name="learningRate">η.</param>
    /// <param name="gradientFactor">Gradients are multiplied by this first: <see cref="GradientNorm.ClipFactor"/>.</param>
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

    private static void Fill(Tensor target, Func<string, Tensor> load, string name)
    {
        using var _ = no_grad();
        using var saved = load(name);
        if (!saved.shape.SequenceEqual(target.shape))
            throw new AttuneException(ExitCode.Run, $"Optimizer state '{name}' has shape [{string.Join(", ", saved.shape)}], expected [{string.Join(", ", target.shape)}].");
        target.copy_(saved);
    }

    private unsafe void Update(Slot slot, Tensor gradient, double learningRate, float gradientFactor)
    {
        var terms = new Terms(_options, slot.Trained.Decays ? _options.WeightDecay : 0, learningRate, slot.Steps, gradientFactor);
        // The tensors outlive the loop and their memory is torch's, which does not move.
        fixed (float* p = FloatMemory.Of(slot.Trained.Value), g = FloatMemory.Of(gradient), m = FloatMemory.Of(slot.Average), v = FloatMemory.Of(slot.Square))
        {
            var length = checked((int)gradient.numel());
            var (pointerP, pointerG, pointerM, pointerV) = ((nint)p, (nint)g, (nint)m, (nint)v);
            var slices = (length + Slice - 1) / Slice;
            if (slices == 1) Run(0);
            else Parallel.For(0, slices, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, Run);

            void Run(int slice)
            {
                var start = slice * Slice;
                var count = Math.Min(Slice, length - start);
                terms.Apply(At(pointerP), At(pointerG), At(pointerM), At(pointerV));

                Span<float> At(nint pointer) => new((float*)pointer + start, count);
            }
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

    /// <summary>The numbers of one update, rounded to fp32 once.</summary>
    private readonly struct Terms(AdamWOptions options, double decay, double rate, long steps, float gradientFactor)
    {
        private readonly float _keep = (float)(1 - (rate * decay));
        private readonly float _newAverage = (float)(1 - options.Beta1);
        private readonly float _oldSquare = (float)options.Beta2;
        private readonly float _newSquare = (float)(1 - options.Beta2);
        private readonly float _rootCorrection = (float)Math.Sqrt(1 - Math.Pow(options.Beta2, steps));
        private readonly float _rate = (float)(rate / (1 - Math.Pow(options.Beta1, steps)));
        private readonly float _epsilon = (float)options.Epsilon;

        /// <summary>One pass over four arrays of equal length, rounded where torch rounds.</summary>
        public void Apply(Span<float> p, ReadOnlySpan<float> g, Span<float> m, Span<float> v)
        {
            var i = 0;
            for (; i + Vector<float>.Count <= p.Length; i += Vector<float>.Count)
            {
                var gradient = new Vector<float>(g[i..]) * gradientFactor;
                var average = new Vector<float>(m[i..]);
                average = Vector.FusedMultiplyAdd(gradient - average, new Vector<float>(_newAverage), average);
                var square = Vector.FusedMultiplyAdd(gradient * _newSquare, gradient, new Vector<float>(v[i..]) * _oldSquare);
                var root = (Vector.SquareRoot(square) / _rootCorrection) + new Vector<float>(_epsilon);
                var value = (new Vector<float>(p[i..]) * _keep) - (average * _rate / root);
                average.CopyTo(m[i..]);
                square.CopyTo(v[i..]);
                value.CopyTo(p[i..]);
            }

            for (; i < p.Length; i++)
            {
                var gradient = g[i] * gradientFactor;
                m[i] = MathF.FusedMultiplyAdd(gradient - m[i], _newAverage, m[i]);
                v[i] = MathF.FusedMultiplyAdd(gradient * _newSquare, gradient, v[i] * _oldSquare);
                p[i] = (p[i] * _keep) - (m[i] * _rate / ((MathF.Sqrt(v[i]) / _rootCorrection) + _epsilon));
            }
        }
    }
}
