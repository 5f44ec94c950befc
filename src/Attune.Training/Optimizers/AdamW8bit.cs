using System.Runtime.CompilerServices;
using Attune.Kernels.Quantization;
using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>
/// <see cref="AdamW"/> with both moments in 8 bits (Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization"):
/// blocks of 256 elements, the first moment with the signed dynamic map, the second with the unsigned one. A step
/// dequantizes a block, updates it in fp32 by the moments as they are before they are quantized again. Tensors with
/// fewer than 4,096 elements keep fp32 state. Gradients in one block that differ by more than 1 : 1000 lose the smaller
/// ones' second moment, and those elements may jump.
/// </summary>
public sealed class AdamW8bit : IOptimizer
{
    /// <summary>Tensors with fewer elements keep fp32 state.</summary>
    public const int SmallestQuantized = 4096;

    private const int Block = EightBitBlocks.BlockSize;

    private readonly AdamWOptions _options;
    private readonly AdamW _small;
    private readonly Slot[] _slots;

    /// <summary>An optimizer with fresh state.</summary>
    /// <param name="tensors">What it trains.</param>
    /// <param name="options">Its settings.</param>
    public AdamW8bit(IEnumerable<TrainedTensor> tensors, AdamWOptions options)
    {
        _options = options;
        var bySize = tensors.ToLookup(tensor => tensor.Value.numel() >= SmallestQuantized);
        _small = new AdamW(bySize[false], options);
        _slots = [.. bySize[true].Select(tensor => new Slot(tensor))];
    }

    /// <inheritdoc/>
    public long StateBytes => _small.StateBytes + _slots.Sum(slot => BytesOf(slot.Trained.Value.numel()));

    /// <summary>Size of the state of a tensor, bytes.</summary>
    /// <param name="elements">Of the tensor.</param>
    public static long BytesOf(long elements) =>
        elements < SmallestQuantized ? AdamW.BytesOf(elements) : 2 * (elements + (sizeof(float) * (long)EightBitBlocks.Blocks(elements)));

    /// <summary>
    /// Of quantized tensors the codes, <c>{tensor}.exp_avg</c> and <c>.exp_avg_sq</c> (uint8, of the tensor's shape), the
    /// scales of their blocks, <c>.exp_avg_absmax</c> and <c>.exp_avg_sq_absmax</c> (fp32), and <c>.step</c>; of the small
    /// ones what <see cref="AdamW.State"/> says.
    /// </summary>
    /// <inheritdoc/>
    public IEnumerable<(string Name, Tensor Value)> State()
    {
        foreach (var small in _small.State()) yield return small;
        foreach (var slot in _slots)
        {
            foreach (var (name, value) in slot.Quantized) yield return ($"{slot.Trained.Name}.{name}", value);
            yield return ($"{slot.Trained.Name}.step", tensor(slot.Steps));
        }
    }

    /// <inheritdoc/>
    public void Restore(Func<string, Tensor> load)
    {
        _small.Restore(load);
        foreach (var slot in _slots)
        {
            foreach (var (name, value) in slot.Quantized) SavedState.Fill(value, load, $"{slot.Trained.Name}.{name}");
            slot.Steps = SavedState.Steps(load, $"{slot.Trained.Name}.step");
        }
    }

    /// <inheritdoc/>
    public void Step(double learningRate, double gradientFactor = 1)
    {
        _small.Step(learningRate, gradientFactor);
        foreach (var slot in _slots)
        {
            using var gradient = slot.Trained.Value.grad;
            if (gradient is null) continue;
            using var dense = gradient.contiguous();
            slot.Steps++;
            var decay = slot.Trained.Decays ? _options.WeightDecay : 0;
            Update(slot, dense, new AdamWTerms(_options, decay, learningRate, slot.Steps, (float)gradientFactor));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _small.Dispose();
        foreach (var slot in _slots)
        {
            foreach (var (_, value) in slot.Quantized) value.Dispose();
        }
    }

    private static unsafe void Update(Slot slot, Tensor gradient, AdamWTerms terms)
    {
        // The tensors outlive the loop and their memory is torch's, which does not move.
        fixed (float* p = FloatMemory.Of(slot.Trained.Value), g = FloatMemory.Of(gradient), averageScales = FloatMemory.Of(slot.AverageScales), squareScales = FloatMemory.Of(slot.SquareScales))
        fixed (byte* averages = slot.Averages.bytes, squares = slot.Squares.bytes)
        {
            var all = new Pointers(p, g, averages, averageScales, squares, squareScales);
            Slices.Run(checked((int)gradient.numel()), (start, count) => all.Update(terms, start, count));
        }
    }

    private readonly unsafe struct Pointers(float* p, float* g, byte* averages, float* averageScales, byte* squares, float* squareScales)
    {
        /// <summary>A block at a time, so that its moments stay in the first cache while they are fp32.</summary>
        [SkipLocalsInit]
        public void Update(in AdamWTerms terms, int start, int count)
        {
            Span<float> average = stackalloc float[Block], square = stackalloc float[Block];
            for (var end = start + count; start < end; start += Block)
            {
                var length = Math.Min(Block, end - start);
                Span<float> m = average[..length], v = square[..length];
                Span<byte> codesM = new(averages + start, length), codesV = new(squares + start, length);
                EightBitBlocks.DequantizeBlock(DynamicMap.Signed, codesM, averageScales[start / Block], m);
                EightBitBlocks.DequantizeBlock(DynamicMap.Unsigned, codesV, squareScales[start / Block], v);
                terms.Apply(new Span<float>(p + start, length), new ReadOnlySpan<float>(g + start, length), m, v);
                averageScales[start / Block] = EightBitBlocks.QuantizeBlock(DynamicMap.Signed, m, codesM, isFull: length == Block);
                squareScales[start / Block] = EightBitBlocks.QuantizeBlock(DynamicMap.Unsigned, v, codesV, isFull: length == Block);
            }
        }
    }

    private sealed class Slot
    {
        public Slot(TrainedTensor trained)
        {
            Trained = trained;
            var blocks = EightBitBlocks.Blocks(trained.Value.numel());
            Averages = Zeros(trained.Value.shape, ScalarType.Byte); // whatever the code, a scale of 0 makes it 0
            Squares = Zeros(trained.Value.shape, ScalarType.Byte);
            AverageScales = Zeros([blocks], ScalarType.Float32);
            SquareScales = Zeros([blocks], ScalarType.Float32);
        }

        public TrainedTensor Trained { get; }

        public Tensor Averages { get; }

        public Tensor AverageScales { get; }

        public Tensor Squares { get; }

        public Tensor SquareScales { get; }

        public long Steps { get; set; }

        /// <summary>What is saved besides the steps.</summary>
        public IEnumerable<(string Name, Tensor Value)> Quantized =>
            [("exp_avg", Averages), ("exp_avg_absmax", AverageScales), ("exp_avg_sq", Squares), ("exp_avg_sq_absmax", SquareScales)];

        private static Tensor Zeros(long[] shape, ScalarType type) => zeros(shape, type).DetachFromDisposeScope();
    }
}
