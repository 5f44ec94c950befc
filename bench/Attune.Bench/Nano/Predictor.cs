using Attune.Data.Corpus;
using Attune.Evaluation.NGrams;
using Attune.Evaluation.Texts;
using Attune.Models;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using Attune.Text.Tokenizers;
using Attune.Training.Pretraining;
using static TorchSharp.torch;

namespace Attune.Bench.Nano;

/// <summary>Something that predicts text, with its own tokens.</summary>
/// <param name="Name">Row of the table.</param>
/// <param name="Encode">Documents as its tokens.</param>
/// <param name="Losses">How likely it finds them.</param>
/// <param name="Note">What is to be known of it.</param>
internal sealed record Predictor(string Name, Func<Document, TextSample> Encode, ITextLosses Losses, string Note) : IDisposable
{
    /// <summary>What was loaded for it.</summary>
    public IReadOnlyList<IDisposable> Owned { get; init; } = [];

    /// <summary>A model folder, in fp32.</summary>
    public static Predictor OfModel(string folder)
    {
        var model = LanguageModel.Load(folder, new Precision(ScalarType.Float32));
        var (fused, start) = (FusedDecoder.Create(model.Decoder, Environment.ProcessorCount)!, StartToken.Of(model));
        var parameters = model.Decoder.Parameters.Sum(parameter => parameter.Value.numel());
        return new Predictor(
            "model", document => TextSample.Of(document, model.Tokenizer, start), new DecoderTextLosses(fused, model.Decoder.Config.MaxPositions),
            $"{folder}: {parameters:N0} parameters, {First(start)}") { Owned = [fused, model] };
    }

    /// <summary>The 5-gram over the training tokens of a pretraining run.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: the run has no tokens.</exception>
    public static Predictor OfNGrams(string run)
    {
        var summary = CorpusSummary.Read(Path.Combine(run, "data/manifest.json"))
            ?? throw new AttuneException(ExitCode.Run, $"{run} has no data/manifest.json.", "Name the directory of a pretraining run whose documents were read to the end.");
        var folder = Path.Combine(run, "model");
        var tokenizer = TokenizerJson.Load(Path.Combine(folder, "tokenizer.json"));
        var start = StartToken.Of(tokenizer, TokenizerConfig.Load(folder));
        using var tokens = TokenFile.Open(Path.Combine(run, "data/train"), summary.VocabularySize);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var model = NGramModel.Train(
            Enumerable.Range(0, tokens.Documents).Select(document => tokens.Read(tokens.StartOf(document), (int)tokens.LengthOf(document))), summary.VocabularySize);
        return new Predictor(
            "5-gram", document => TextSample.Of(document, tokenizer, start), model,
            $"{summary.Train.Tokens:N0} tokens of {run}, {model.Count:N0} n-grams in {model.Bytes / 1e6:0} MB, counted in {clock.Elapsed.TotalSeconds:0.0} s; {First(start)}");
    }

    /// <summary>stories260K; null: it is not on this machine.</summary>
    public static Predictor? OfStories260K()
    {
        if (Stories260K.Folder is not { } folder) return null;
        var (model, tokenizer) = (Stories260K.LoadDecoder(folder), new StoriesTokenizer(folder));
        var fused = FusedDecoder.Create(model, Environment.ProcessorCount)!;
        return new Predictor(
            "stories260K", tokenizer.Encode, new DecoderTextLosses(fused, model.Config.MaxPositions), $"{folder}: every token is scored") { Owned = [fused, model] };
    }

    public void Dispose()
    {
        foreach (var one in Owned) one.Dispose();
    }

    private static string First(int? start) => start is null ? "the first token of a document is not scored" : "every token is scored";
}
