using Attune.Data.Batching;
using Attune.Data.Corpus;
using Attune.Data.Preparation;
using Attune.Models.Batches;

namespace Attune.Training.Objectives;

/// <summary>Next-token cross-entropy on every token of packed documents but the first of each piece.</summary>
/// <param name="model">Computes losses and gradients.</param>
/// <param name="train">Training rows.</param>
/// <param name="validation">Validation text; null: none.</param>
/// <param name="microBatchTokens">Tokens of a micro-batch at most; a longer row is one by itself.</param>
public sealed class PretrainObjective(ILabelLosses model, DocumentRows train, ValidationText? validation, int microBatchTokens) : IObjective
{
    /// <inheritdoc/>
    public double? BitsPerByteOfLoss => validation?.BitsPerByteOfLoss;

    /// <inheritdoc/>
    public IReadOnlyList<MicroBatch> MicroBatches(IReadOnlyList<int> rows) =>
    [
        .. TokenBudget.Cut([.. rows.Select(train.LengthOf)], microBatchTokens)
            .Select(group => Lay(rows.Skip(group.Start).Take(group.Count).SelectMany(train.Row))),
    ];

    /// <inheritdoc/>
    public double Backward(MicroBatch batch, double weight) => NextTokenLoss.Backward(model, batch, weight);

    /// <inheritdoc/>
    public double? Validate()
    {
        if (validation is null) return null;
        var sum = 0.0;
        var (windows, tokens) = (new List<int[]>(), 0);
        foreach (var window in validation.Windows())
        {
            if (windows.Count > 0 && tokens + window.Length > microBatchTokens) Add();
            windows.Add(window);
            tokens += window.Length;
        }

        Add();
        return sum / validation.PredictedTokens;

        void Add()
        {
            sum += NextTokenLoss.Losses(model, Lay(windows)).Sum(loss => (double)loss);
            windows.Clear();
            tokens = 0;
        }
    }

    private static MicroBatch Lay(IEnumerable<int[]> pieces) => MicroBatch.Of([.. pieces.Select(ids => new Example(ids, ids))]);
}

/// <summary>Documents that are kept out of training to measure on.</summary>
/// <param name="File">Their tokens.</param>
/// <param name="WindowTokens">Tokens of a window at most.</param>
/// <param name="TextBytes">Bytes of their texts.</param>
public sealed record ValidationText(TokenFile File, int WindowTokens, long TextBytes)
{
    /// <summary>Every token but the end-of-text token that each document begins with.</summary>
    public long PredictedTokens => File.Tokens - File.Documents;

    /// <summary>
    /// Bits per byte = Σ loss ÷ ln 2 ÷ bytes, which is the mean loss × tokens ÷ ln 2 ÷ bytes. The end-of-text
    /// tokens after the texts are predicted too and have no bytes.
    /// </summary>
    public double BitsPerByteOfLoss => PredictedTokens / (Math.Log(2) * TextBytes);

    /// <summary>What the model reads, window by window.</summary>
    public IEnumerable<int[]> Windows() => DocumentWindows.Of(File, WindowTokens);
}
