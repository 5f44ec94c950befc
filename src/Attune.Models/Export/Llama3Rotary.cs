using Attune.Models.Layers;

namespace Attune.Models.Export;

/// <summary>
/// Finds the settings of Llama 3's rotary scaling behind the factors that a GGUF file holds (<c>rope_freqs.weight</c>),
/// for config.json has only settings.
/// </summary>
internal static class Llama3Rotary
{
    private const double Tolerance = 1e-4; // relative; the factors are fp32

    /// <summary>Settings with the low and high frequency factors 1 and 4, which every Llama 3 has.</summary>
    /// <param name="factors">What each frequency is divided by, head size ÷ 2 values.</param>
    /// <param name="theta">Base of the frequencies.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the factors are not those of such settings.</exception>
    public static RotaryOptions Recover(float[] factors, double theta, string path)
    {
        var plain = RotaryFrequencies.Compute(new RotaryOptions(theta), 2 * factors.Length, 1);
        double factor = factors.Max();
        foreach (var positions in Candidates(factors, plain, factor))
        {
            var options = new RotaryOptions(theta, RotaryScaling.Llama3) { Factor = factor, OriginalPositions = positions };
            var scaled = RotaryFrequencies.Compute(options, 2 * factors.Length, 1);
            var fits = factors.Select((value, i) => Math.Abs((plain[i] / scaled[i] / value) - 1)).All(error => error < Tolerance);
            if (fits) return options;
        }

        throw new AttuneException(ExitCode.Model, $"{path}: the rotary factors (rope_freqs.weight) are not those of a Llama 3 scaling, so config.json cannot say them.", "Put the original config.json beside the file and name the folder.");
    }

    // A factor in the ramp gives the original positions: positions ÷ wavelength = 1 + 3 × its place in the ramp. Without
    // any, all that is known is that they lie between the last wavelength kept and the first one divided.
    private static IEnumerable<int> Candidates(float[] factors, float[] plain, double factor)
    {
        double kept = 0, divided = double.PositiveInfinity; // wavelengths
        for (var i = 0; i < factors.Length; i++)
        {
            var wavelength = 2 * Math.PI / plain[i];
            if (factors[i] <= 1) kept = Math.Max(kept, wavelength);
            else if (factors[i] >= factor) divided = Math.Min(divided, wavelength);
            else yield return (int)Math.Round(wavelength * (1 + (3 * ((1 / factors[i]) - (1 / factor)) / (1 - (1 / factor)))));
        }

        var between = Math.Sqrt(4 * kept * divided);
        if (between is > 0 and < int.MaxValue) yield return (int)between;
    }
}
