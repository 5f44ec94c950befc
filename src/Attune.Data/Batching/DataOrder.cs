namespace Attune.Data.Batching;

/// <summary>
/// Which examples each optimizer step takes, and in which order: fixed by seed and epoch alone, whatever the micro-batch
/// size is. Nothing is drawn along the way, so a resumed run asks for its step and goes on exactly.
/// </summary>
/// <remarks>
/// Every epoch is a shuffle of its own, cut into steps of the effective batch; its last step may be shorter:
/// steps = ⌈examples ÷ effective batch⌉ × epochs.
/// </remarks>
public sealed class DataOrder
{
    private readonly long _seed;
    private readonly bool _shuffle;
    private (int Epoch, int[] Rows) _current = (-1, []);

    /// <summary>An order over examples 0 … <paramref name="examples"/> − 1.</summary>
    /// <param name="examples">Number of examples, at least 1.</param>
    /// <param name="effectiveBatch">Examples of a step, at least 1.</param>
    /// <param name="epochs">Passes over the examples, at least 1.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    /// <param name="shuffle">False keeps the order of the examples in every epoch.</param>
    public DataOrder(int examples, int effectiveBatch, int epochs, long seed, bool shuffle = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(examples, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(effectiveBatch, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(epochs, 1);
        (Examples, EffectiveBatch, Epochs, _seed, _shuffle) = (examples, effectiveBatch, epochs, seed, shuffle);
        StepsPerEpoch = ((examples - 1) / effectiveBatch) + 1;
        TotalSteps = checked(StepsPerEpoch * epochs);
    }

    /// <summary>Number of examples.</summary>
    public int Examples { get; }

    /// <summary>Examples of a step; the last step of an epoch may have fewer.</summary>
    public int EffectiveBatch { get; }

    /// <summary>Passes over the examples.</summary>
    public int Epochs { get; }

    /// <summary>⌈examples ÷ effective batch⌉.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Steps of all epochs.</summary>
    public int TotalSteps { get; }

    /// <summary>Indices of the examples of a step, in order.</summary>
    /// <param name="step">1 … <see cref="TotalSteps"/>.</param>
    public int[] RowsOfStep(int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, TotalSteps);
        var (epoch, at) = Math.DivRem(step - 1, StepsPerEpoch);
        var start = at * EffectiveBatch;
        return RowsOfEpoch(epoch).AsSpan(start, Math.Min(EffectiveBatch, Examples - start)).ToArray();
    }

    /// <summary>How many epochs are done after a step, as the Hugging Face Trainer logs it: 1.5 is half way through the second.</summary>
    /// <param name="step">0 … <see cref="TotalSteps"/>.</param>
    public double EpochAfter(int step) => (double)step / StepsPerEpoch;

    private int[] RowsOfEpoch(int epoch)
    {
        if (_current.Epoch != epoch)
        {
            var rows = Enumerable.Range(0, Examples).ToArray();
            // Two odd factors keep (seed, epoch) pairs apart; neighbouring seeds and epochs share no sequence.
            var mixed = unchecked(((ulong)_seed * 0xD1342543DE82EF95) + ((ulong)epoch * 0xAF251AF3B0F025B5));
            if (_shuffle) new SeededRandom((long)mixed).Shuffle<int>(rows);
            _current = (epoch, rows);
        }

        return _current.Rows;
    }
}
