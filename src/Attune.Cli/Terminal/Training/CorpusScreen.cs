using System.Diagnostics;
using System.Globalization;
using Attune.Text.Tokenizers.Training;
using Attune.Training.Pretraining;
using Spectre.Console;

namespace Attune.Cli.Terminal.Training;

/// <summary>How documents become tokens: a line that is rewritten in place, then what they came to.</summary>
/// <param name="console">Where to.</param>
/// <param name="progress">Where the moving line goes.</param>
internal sealed class CorpusScreen(IAnsiConsole console, IAnsiConsole progress) : ICorpusObserver
{
    private readonly LiveLine _line = new(progress);
    private readonly Stopwatch _clock = new();

    /// <inheritdoc/>
    public void OnTokenizer(BpeTrainerProgress state) => _line.Show(state.Phase switch
    {
        BpeTrainerPhase.Reading => $"tokenizer: {Units.Count(state.Done)} documents read",
        BpeTrainerPhase.Counting => $"tokenizer: {Units.Count(state.Done)} of {Units.Count(state.Total ?? 0)} words counted",
        _ => $"tokenizer: {Units.Count(state.Done)} of {Units.Count(state.Total ?? 0)} entries of the vocabulary",
    });

    /// <inheritdoc/>
    public void OnEncoded(long textBytes)
    {
        if (!_clock.IsRunning) _clock.Start();
        _line.Show($"tokens: {Units.Bytes(textBytes)} of text encoded, {Units.Bytes((long)(textBytes / Math.Max(0.001, _clock.Elapsed.TotalSeconds)))} a second");
    }

    /// <inheritdoc/>
    public void OnCorpus(CorpusSummary corpus)
    {
        _line.Clear();
        var train = corpus.Train;
        console.MarkupLineInterpolated($"  documents   {Units.Count(train.Documents)} with {Units.Bytes(train.TextBytes)} of text{LeftOut(corpus.Excluded, corpus.Empty, corpus.BadRows)}");
        console.MarkupLineInterpolated($"  tokens      {Units.Count(train.Tokens)}, {Number((double)train.TextBytes / train.Tokens)} bytes a token, {Units.Count(corpus.VocabularySize)} in the vocabulary");
        if (corpus.Validation is { } kept) console.MarkupLineInterpolated($"  kept out    {Units.Count(kept.Documents)} documents, {Units.Count(kept.Tokens)} tokens, {Units.Bytes(kept.TextBytes)} for validation");
    }

    /// <summary>Writes what a dry run counted and estimated.</summary>
    public static void Write(IAnsiConsole console, PretrainEstimate estimate)
    {
        console.MarkupLineInterpolated($"  documents   {Units.Count(estimate.Documents)} with {Units.Bytes(estimate.TextBytes)} of text{LeftOut(estimate.Excluded, 0, 0)}");
        console.MarkupLineInterpolated($"  tokens      about {Units.Count(estimate.Plan.TokensOfEpoch)} a pass, {Units.Count(estimate.Plan.TotalTokens)} in all, estimated from {Units.Bytes(estimate.SampleBytes)} of text");
    }

    private static string LeftOut(IReadOnlyDictionary<string, int> excluded, int empty, int bad)
    {
        var parts = excluded.Select(pair => $"{Units.Count(pair.Value)} of {pair.Key}").ToList();
        if (empty > 0) parts.Add($"{Units.Count(empty)} empty");
        if (bad > 0) parts.Add($"{Units.Count(bad)} malformed");
        return parts.Count == 0 ? "" : $"; left out: {string.Join(", ", parts)}";
    }

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
