using System.Numerics.Tensors;

namespace Attune.Models.Generation;

/// <summary>
/// Chooses the tokens of one text. In the order of the reference implementation: repetition penalty, frequency and
/// presence penalty, temperature, top-k, top-p, min-p, then a draw. All in fp32.
/// </summary>
public sealed class Sampler
{
    private readonly SamplingOptions _options;
    private readonly SeededRandom _random;
    private readonly HashSet<int> _seen; // tokens of prompt and output
    private readonly Dictionary<int, int> _counts = []; // tokens of the output, how often
    private float[] _logits = [];
    private float[] _probabilities = [];

    /// <summary>Starts a text.</summary>
    /// <param name="options">How to choose.</param>
    /// <param name="prompt">Token ids that stand before the output.</param>
    public Sampler(SamplingOptions options, ReadOnlySpan<int> prompt = default)
    {
        options.Validate();
        _options = options;
        _random = new SeededRandom(options.Seed);
        _seen = options.RepetitionPenalty == 1 ? [] : [.. prompt];
    }

    /// <summary>Chooses the next token and remembers it as output.</summary>
    /// <param name="logits">One per id of the vocabulary; left as they are.</param>
    /// <returns>A token id.</returns>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a logit is not a number.</exception>
    public int Next(ReadOnlySpan<float> logits)
    {
        Copy(logits);
        Penalise();
        var id = _options.Temperature == 0 ? IndexOfMax(_logits) : Draw(Probabilities());
        Accept(id);
        return id;
    }

    /// <summary>Counts a token as output without choosing it.</summary>
    public void Accept(int id)
    {
        if (_options.RepetitionPenalty != 1) _seen.Add(id);
        _counts[id] = _counts.GetValueOrDefault(id) + 1;
    }

    /// <summary>
    /// The probabilities from which <see cref="Next"/> would draw; 0 for tokens that were cut away. A temperature of 0
    /// counts as 1 here. The span is valid until the next call.
    /// </summary>
    /// <param name="logits">One per id of the vocabulary.</param>
    public ReadOnlySpan<float> Distribution(ReadOnlySpan<float> logits)
    {
        Copy(logits);
        Penalise();
        return Probabilities();
    }

    private void Copy(ReadOnlySpan<float> logits)
    {
        if (_logits.Length != logits.Length)
        {
            _logits = new float[logits.Length];
            _probabilities = new float[logits.Length];
        }

        logits.CopyTo(_logits);
    }

    private void Penalise()
    {
        var penalty = (float)_options.RepetitionPenalty;
        if (penalty != 1)
        {
            foreach (var id in _seen)
            {
                if ((uint)id < (uint)_logits.Length)
                    _logits[id] = _logits[id] < 0 ? _logits[id] * penalty : _logits[id] / penalty;
            }
        }

        var (frequency, presence) = ((float)_options.FrequencyPenalty, (float)_options.PresencePenalty);
        if (frequency != 0 || presence != 0)
        {
            foreach (var (id, count) in _counts)
                _logits[id] -= (count * frequency) + presence;
        }
    }

    private ReadOnlySpan<float> Probabilities()
    {
        IndexOfMax(_logits); // throws on NaN
        if (_options.Temperature is not (0 or 1))
            TensorPrimitives.Divide(_logits, (float)_options.Temperature, _logits);
        if (_options.TopK > 0) LogitCuts.TopK(_logits, _options.TopK);
        if (_options.TopP < 1) LogitCuts.TopP(_logits, _options.TopP, _probabilities);
        if (_options.MinP > 0) LogitCuts.MinP(_logits, _options.MinP, _probabilities);
        LogitCuts.Softmax(_logits, _probabilities);
        return _probabilities;
    }

    private int Draw(ReadOnlySpan<float> probabilities)
    {
        var remaining = _random.NextDouble() * Sum(probabilities);
        var last = 0;
        for (var id = 0; id < probabilities.Length; id++)
        {
            if (probabilities[id] == 0) continue;
            last = id;
            remaining -= probabilities[id];
            if (remaining < 0) break;
        }

        return last;
    }

    // In double: the rounding of 50,000 fp32 additions must not move the draw.
    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum;
    }

    private static int IndexOfMax(ReadOnlySpan<float> logits)
    {
        var index = TensorPrimitives.IndexOfMax(logits); // the first NaN, if there is one
        return float.IsNaN(logits[index])
            ? throw new AttuneException(ExitCode.Model, $"The model's output is not a number (token id {index}): its weights are damaged or training diverged.")
            : index;
    }
}
