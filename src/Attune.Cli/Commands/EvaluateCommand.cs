using System.CommandLine;
using System.Diagnostics;
using Attune.Cli.Models;
using Attune.Cli.Options;
using Attune.Cli.Terminal;
using Attune.Data.Corpus;
using Attune.Evaluation.Scoring;
using Attune.Evaluation.Texts;
using Attune.Models.Batches;
using Attune.Models.Fused;
using static TorchSharp.torch;

namespace Attune.Cli.Commands;

/// <summary><c>attune evaluate</c>: how well a model predicts texts.</summary>
public static class EvaluateCommand
{
    /// <summary>The verb.</summary>
    public static Command Create()
    {
        var command = new Command("evaluate", "Measures how well a model predicts texts: bits per UTF-8 byte, and perplexity per token.");
        var model = new Argument<string>("model") { Description = "Run directory, Hugging Face folder or GGUF file" };
        var texts = new Option<string[]>("--text") { HelpName = "file", Description = "Text to measure on: .txt or .md (one document), .jsonl (documents under 'text'), each also .gz; may be given several times", Required = true };
        var context = new Option<int?>("--context") { HelpName = "n", Description = "Tokens the model reads at once; without it as many as it was made for" };
        command.Arguments.Add(model);
        command.Options.Add(texts);
        command.Options.Add(context);
        var compute = new ComputeArguments(command);
        var json = new Option<bool>("--json") { Description = "One JSON object instead of the table" };
        command.Options.Add(json);
        command.SetAction(parsed => Run(parsed.GetValue(model)!, parsed.GetValue(texts)!, parsed.GetValue(context), compute.Apply(parsed), parsed.GetValue(json)));
        return HelpWithExamples.AddTo(
            command,
            ("attune evaluate recipes/tiny/model --text README.md", "a base model on a text"),
            ("attune evaluate runs/2026-11-25-0900-attune-nano --text news.jsonl.gz --text book.txt", "a run's model on two files"),
            ("attune evaluate model.gguf --text book.txt --context 512 --json", "in windows of 512 tokens, for a program"));
    }

    private static int Run(string path, IReadOnlyList<string> files, int? context, ScalarType? type, bool json)
    {
        IReadOnlyList<Document>[] documents = [.. files.Select(file => TextFile.Read(file))]; // a wrong file is told before a model is loaded
        using var opened = OpenedModel.Of(path, type);
        var (model, decoder) = (opened.Model, opened.Model.Decoder);
        using var fused = FusedDecoder.Create(decoder, get_num_threads());
        var start = StartToken.Of(model);
        var windowTokens = WindowTokens(context, decoder.Config.MaxPositions);
        var losses = new DecoderTextLosses((IBranchedLosses?)fused ?? new PlainBranchedLosses(decoder), windowTokens);
        var progress = new ProgressLine(Screen.Error);
        var report = new TextReport(path, decoder.ComputeType, windowTokens, start is { } id ? model.Tokenizer.IdToToken(id) : null, [.. files.Zip(documents, Measure)]);
        if (json) Screen.Out.Profile.Out.Writer.WriteLine(report.ToJson().ToJsonString());
        else report.Write(Screen.Out);
        return (int)ExitCode.Success;

        TextFigures Measure(string file, IReadOnlyList<Document> documents)
        {
            TextSample[] samples = [.. documents.Select(document => TextSample.Of(document, model.Tokenizer, start))];
            var tokens = samples.Sum(sample => sample.Tokens);
            var clock = Stopwatch.StartNew();
            var sums = losses.Losses([.. samples.Select(sample => sample.Ids)], done => progress.Show(file, done, tokens, "tokens"));
            var seconds = clock.Elapsed.TotalSeconds;
            progress.Clear();
            return new TextFigures(file, TextMeasurement.Of(samples, sums), seconds);
        }
    }

    /// <summary>Tokens of a window at most.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: fewer than 2, or more than the model was made for.</exception>
    private static int WindowTokens(int? asked, int most) => asked is < 2 || asked > most
        ? throw new AttuneException(ExitCode.Usage, $"--context is {asked}; this model reads 2 to {most} tokens at once.")
        : asked ?? most;
}
