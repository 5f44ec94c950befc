using System.Diagnostics;
using Attune.Data.Corpus;
using Attune.Evaluation.Texts;

namespace Attune.Bench.Nano;

/// <summary>A base model beside a small public one and a 5-gram over the same tokens, in bits per byte (docs/evaluation.md).</summary>
internal static class NanoBench
{
    /// <summary>Runs the command and returns its exit code.</summary>
    /// <param name="words">MODEL RUN [--json].</param>
    public static int Run(string[] words)
    {
        if (words.Where(word => word != "--json").ToArray() is not [var model, var run])
        {
            Console.Error.WriteLine("bench/nano MODEL RUN [--json]\nMODEL: a model folder. RUN: the pretraining run whose training tokens the 5-gram learns.");
            return 2;
        }

        if (Measure(model, run) is not { } report)
        {
            Console.Error.WriteLine("Not measured: needs data/corpus of ATTUNE_SHARED.");
            return 2;
        }

        if (!words.Contains("--json")) Console.WriteLine($"{report.Table()}\n");
        Console.WriteLine(report.Json());
        return 0;
    }

    /// <summary>Measures; null: the texts are not on this machine.</summary>
    /// <param name="model">Model folder.</param>
    /// <param name="run">Pretraining run whose training tokens the 5-gram learns.</param>
    private static NanoReport? Measure(string model, string run)
    {
        if (SharedFiles.Find("data/corpus/valid.jsonl.gz") is not { } valid || SharedFiles.Find("data/corpus/wikitext2_test.txt") is not { } wikitext) return null;
        var (notes, rows) = (new Dictionary<string, string>(), new List<NanoFigures>());
        var (kept, book) = (TextFile.Read(valid, sourceColumn: "src"), TextFile.Read(wikitext));
        foreach (var load in (Func<Predictor?>[])[() => Predictor.OfModel(model), Predictor.OfStories260K, () => Predictor.OfNGrams(run)])
        {
            using var predictor = load();
            if (predictor is null) continue;
            notes[predictor.Name] = predictor.Note;
            rows.AddRange(Figures(predictor, "valid.jsonl.gz", kept, bySource: true));
            rows.AddRange(Figures(predictor, "wikitext2_test.txt", book, bySource: false));
        }

        return new NanoReport(Machine.Describe(), notes, rows);
    }

    private static IEnumerable<NanoFigures> Figures(Predictor predictor, string name, IReadOnlyList<Document> documents, bool bySource)
    {
        var clock = Stopwatch.StartNew();
        TextSample[] samples = [.. documents.Select(predictor.Encode)];
        var losses = predictor.Losses.Losses([.. samples.Select(sample => sample.Ids)]);
        Console.Error.WriteLine($"{predictor.Name} on {name}: {clock.Elapsed.TotalSeconds:0.0} s");
        yield return new NanoFigures(predictor.Name, name, TextMeasurement.Of(samples, losses));
        if (!bySource) yield break;
        foreach (var source in samples.Zip(losses).GroupBy(one => one.First.Source!.Split(':')[0]).OrderBy(source => source.Key, StringComparer.Ordinal))
            yield return new NanoFigures(predictor.Name, $"  {source.Key}", TextMeasurement.Of([.. source.Select(one => one.First)], [.. source.Select(one => one.Second)]));
    }
}
