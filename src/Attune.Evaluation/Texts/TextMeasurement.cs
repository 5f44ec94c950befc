using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Texts;

/// <summary>How well documents are predicted (docs/evaluation.md defines the figures).</summary>
public sealed record TextMeasurement
{
    /// <summary>Documents measured on.</summary>
    public required int Documents { get; init; }

    /// <summary>Tokens scored.</summary>
    public required long Tokens { get; init; }

    /// <summary>UTF-8 bytes of the text of these tokens.</summary>
    public required long Bytes { get; init; }

    /// <summary>Σ loss ÷ ln 2 ÷ bytes.</summary>
    public required double BitsPerByte { get; init; }

    /// <summary>Bits per byte with its bootstrap interval over documents; null where there is but one document.</summary>
    public required Estimate? Interval { get; init; }

    /// <summary>exp(Σ loss ÷ tokens). Not comparable between tokenizers.</summary>
    public required double Perplexity { get; init; }

    /// <summary>Makes the figures.</summary>
    /// <param name="samples">The documents; those of which nothing is scored are left out.</param>
    /// <param name="losses">Summed loss of each, nats.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Data"/>: nothing is scored.</exception>
    public static TextMeasurement Of(IReadOnlyList<TextSample> samples, IReadOnlyList<double> losses)
    {
        (double Loss, TextSample Sample)[] scored = [.. losses.Zip(samples).Where(pair => pair.Second.Tokens > 0)];
        var (loss, bytes) = (scored.Sum(one => one.Loss), scored.Sum(one => one.Sample.Bytes));
        var tokens = scored.Sum(one => (long)one.Sample.Tokens);
        if (bytes == 0) throw new AttuneException(ExitCode.Data, "The text has no token that could be scored: each document is a single token.", "Give a longer text.");
        return new TextMeasurement
        {
            Documents = scored.Length,
            Tokens = tokens,
            Bytes = bytes,
            BitsPerByte = loss / Math.Log(2) / bytes,
            Interval = scored.Length < 2 ? null : Intervals.Bootstrap(
                scored.Length, rows => rows.Sum(row => scored[row].Loss) / Math.Log(2) / rows.Sum(row => scored[row].Sample.Bytes), seed: 7),
            Perplexity = Math.Exp(loss / tokens),
        };
    }
}
