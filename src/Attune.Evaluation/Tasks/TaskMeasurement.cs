using Attune.Evaluation.Metrics;

namespace Attune.Evaluation.Tasks;

/// <summary>What one model reached on the test rows. Every figure has its 95 % interval.</summary>
public abstract record TaskMeasurement
{
    /// <summary>Test rows measured.</summary>
    public required int Rows { get; init; }

    /// <summary>Time the measurement took, seconds.</summary>
    public required double Seconds { get; init; }
}

/// <summary>A label task: which label the model finds most likely.</summary>
public sealed record LabelMeasurement : TaskMeasurement
{
    /// <summary>Share of rows whose most likely label is the true one; Wilson's interval.</summary>
    public required Estimate Accuracy { get; init; }

    /// <summary>Plain mean of the labels' F1; bootstrap interval over rows.</summary>
    public required Estimate MacroF1 { get; init; }

    /// <summary>The predicted label of each row.</summary>
    public required IReadOnlyList<string> Predicted { get; init; }

    /// <summary>Makes the figures of predictions.</summary>
    /// <param name="truth">True label of each row.</param>
    /// <param name="predicted">Predicted label of each row.</param>
    /// <param name="seconds">Time the predictions took.</param>
    public static LabelMeasurement Of(string[] truth, string[] predicted, double seconds)
    {
        var hits = truth.Zip(predicted).Count(pair => pair.First == pair.Second);
        return new LabelMeasurement
        {
            Rows = truth.Length,
            Seconds = seconds,
            Predicted = predicted,
            Accuracy = Intervals.Wilson(hits, truth.Length),
            MacroF1 = Intervals.Bootstrap(truth.Length, MacroF1Of, seed: 7),
        };

        double MacroF1Of(int[] rows)
        {
            string[] t = [.. rows.Select(row => truth[row])];
            string[] p = [.. rows.Select(row => predicted[row])];
            return ClassificationMetrics.MacroF1<string>(t, p);
        }
    }
}

/// <summary>Any other task: how likely the model finds the reference answers.</summary>
public sealed record LossMeasurement : TaskMeasurement
{
    /// <summary>Label tokens measured.</summary>
    public required long LabelTokens { get; init; }

    /// <summary>Mean cross-entropy over label tokens, nats; bootstrap interval over rows.</summary>
    public required Estimate Loss { get; init; }

    /// <summary>exp(loss).</summary>
    public required Estimate Perplexity { get; init; }

    /// <summary>Summed cross-entropy of each row, nats.</summary>
    public required IReadOnlyList<double> RowLosses { get; init; }

    /// <summary>Makes the figures of rows.</summary>
    /// <param name="sums">Summed cross-entropy of each row, nats.</param>
    /// <param name="tokens">Label tokens of each row.</param>
    /// <param name="seconds">Time the losses took.</param>
    public static LossMeasurement Of(double[] sums, int[] tokens, double seconds)
    {
        var loss = Intervals.Bootstrap(sums.Length, rows => rows.Sum(row => sums[row]) / rows.Sum(row => tokens[row]), seed: 7);
        return new LossMeasurement
        {
            Rows = sums.Length,
            Seconds = seconds,
            LabelTokens = tokens.Sum(count => (long)count),
            Loss = loss,
            Perplexity = new Estimate(Math.Exp(loss.Value), Math.Exp(loss.Low), Math.Exp(loss.High)),
            RowLosses = sums,
        };
    }
}
