namespace Attune.Models.Layers;

/// <summary>How rotary positions are stretched beyond the length a model was trained on.</summary>
public enum RotaryScaling
{
    /// <summary>Not at all.</summary>
    Default,

    /// <summary>Positions divided by the factor (Chen et al. 2023, "position interpolation").</summary>
    Linear,

    /// <summary>A larger base for sequences longer than the original length ("NTK-aware", dynamic).</summary>
    Dynamic,

    /// <summary>Low frequencies divided, high ones kept, a ramp between (Peng et al. 2023, YaRN).</summary>
    Yarn,

    /// <summary>Three bands by wavelength, as Llama 3.1 does.</summary>
    Llama3,
}

/// <summary>Settings of rotary position embeddings under the names of <c>rope_parameters</c> in config.json.</summary>
/// <param name="Theta">Base of the frequencies (<c>rope_theta</c>).</param>
/// <param name="Scaling">Kind of scaling (<c>rope_type</c>).</param>
public sealed record RotaryOptions(double Theta, RotaryScaling Scaling = RotaryScaling.Default)
{
    /// <summary>How many times longer sequences become; not for <see cref="RotaryScaling.Default"/>.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>Positions of the original training (<c>original_max_position_embeddings</c>).</summary>
    public int OriginalPositions { get; init; }

    /// <summary>Llama 3: wavelengths above original positions ÷ this are divided by the factor.</summary>
    public double LowFrequencyFactor { get; init; } = 1;

    /// <summary>Llama 3: wavelengths below original positions ÷ this are kept.</summary>
    public double HighFrequencyFactor { get; init; } = 4;

    /// <summary>YaRN: rotations over the original positions above which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations over the original positions below which a frequency is divided.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: whether the ramp's ends are rounded outwards to whole dimensions.</summary>
    public bool Truncate { get; init; } = true;

    /// <summary>YaRN: factor on cos and sin; null derives it from <see cref="Factor"/>.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>YaRN as DeepSeek writes it: numerator of the attention factor; used if <see cref="MScaleAllDimensions"/> is given too.</summary>
    public double? MScale { get; init; }

    /// <summary>YaRN as DeepSeek writes it: denominator of the attention factor.</summary>
    public double? MScaleAllDimensions { get; init; }
}

/// <summary>
/// The angle per position of each pair of dimensions: θ^(−2i/d), scaled. In fp32, like the reference: large positions
/// multiply its rounding, which a model has been trained with.
/// </summary>
public static class RotaryFrequencies
{
    /// <summary>Radians per position, head size ÷ 2 values.</summary>
    /// <param name="options">Base and scaling.</param>
    /// <param name="headSize">Size of a head, even.</param>
    /// <param name="length">Tokens of the longest sample, its cached ones included: only <see cref="RotaryScaling.Dynamic"/> looks at it.</param>
    public static float[] Compute(RotaryOptions options, int headSize, int length)
    {
        var theta = options.Theta;
        if (options.Scaling == RotaryScaling.Dynamic && length > options.OriginalPositions)
        {
            var stretch = (options.Factor * length / options.OriginalPositions) - (options.Factor - 1);
            theta *= Math.Pow(stretch, headSize / (headSize - 2.0));
        }

        var frequencies = Enumerable.Range(0, headSize / 2)
            .Select(pair => 1 / MathF.Pow((float)theta, 2f * pair / headSize))
            .ToArray();
        return options.Scaling switch
        {
            RotaryScaling.Linear => [.. frequencies.Select(frequency => frequency / (float)options.Factor)],
            RotaryScaling.Llama3 => [.. frequencies.Select(frequency => Llama3(options, frequency))],
            RotaryScaling.Yarn => Yarn(options, frequencies),
            _ => frequencies,
        };
    }

    /// <summary>What cos and sin are multiplied by: 1 except for YaRN (its section 3.4).</summary>
    public static double AttentionFactor(RotaryOptions options)
    {
        if (options.Scaling != RotaryScaling.Yarn) return 1;
        if (options.AttentionFactor is { } given) return given;
        return options is { MScale: { } numerator, MScaleAllDimensions: { } denominator } && numerator != 0 && denominator != 0
            ? Growth(numerator) / Growth(denominator)
            : Growth(1);

        double Growth(double scale) => options.Factor <= 1 ? 1 : (0.1 * scale * Math.Log(options.Factor)) + 1;
    }

    private static float Llama3(RotaryOptions options, float frequency)
    {
        var wavelength = 2 * MathF.PI / frequency;
        var rotations = options.OriginalPositions / wavelength;
        if (rotations > options.HighFrequencyFactor) return frequency;
        var divided = frequency / (float)options.Factor;
        if (rotations < options.LowFrequencyFactor) return divided;
        var smooth = (rotations - (float)options.LowFrequencyFactor) / (float)(options.HighFrequencyFactor - options.LowFrequencyFactor);
        return ((1 - smooth) * divided) + (smooth * frequency);
    }

    private static float[] Yarn(RotaryOptions options, float[] frequencies)
    {
        var headSize = 2 * frequencies.Length;
        var low = Dimension(options.BetaFast);
        var high = Dimension(options.BetaSlow);
        if (options.Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
        low = Math.Max(low, 0);
        high = Math.Min(high, headSize - 1);
        if (low == high) high += 0.001;   // a step instead of a division by zero

        return [.. frequencies.Select((frequency, pair) =>
        {
            var ramp = (float)Math.Clamp((pair - low) / (high - low), 0, 1);
            return (frequency / (float)options.Factor * ramp) + (frequency * (1 - ramp));
        })];

        // The pair of dimensions, as a real number, that makes this many rotations over the original positions.
        double Dimension(double rotations) =>
            headSize * Math.Log(options.OriginalPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(options.Theta));
    }
}
