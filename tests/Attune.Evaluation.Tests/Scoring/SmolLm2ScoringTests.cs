using System.Text.Json.Nodes;
using Attune.Data.Preparation;
using Attune.Evaluation.Scoring;
using Attune.Models;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using static TorchSharp.torch;

namespace Attune.Evaluation.Tests.Scoring;

/// <summary>Log-likelihoods of lm_eval (HFLM, fp32) on SmolLM2-135M-Instruct, on both paths; 1e-3 a choice by golden/smollm2/README.md.</summary>
public sealed class SmolLm2ScoringTests
{
    private const double Tolerance = 1e-3;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Answers_to_choose_from_score_as_in_the_reference(bool isFused) => With(ScalarType.Float32, isFused, model =>
    {
        foreach (var task in (string[])["arc_easy", "boolq"])
        {
            var golden = Golden(task, 4); // boolq's first two contexts are longer than a block of 240 keys
            var scores = LabelScorer.Score(model, [.. golden.Select(Candidates)]);
            foreach (var (row, expected) in scores.Zip(golden.Select(Expected)))
                Assert.All(row.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, Tolerance));
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_of_an_answer_is_as_in_the_reference(bool isFused) => With(ScalarType.Float32, isFused, model =>
    {
        var golden = Golden("lambada_openai", 4);
        var losses = LossScorer.Score(model, [.. golden.Select(row => Answer(row, row))]);
        foreach (var (loss, row) in losses.Zip(golden)) Assert.Equal(-(double)row["loglikelihood"]!, loss, Tolerance);
    });

    [Fact]
    public void The_error_in_bf16_is_at_most_one_and_a_half_times_that_of_the_plain_path()
    {
        var golden = Golden("arc_easy", 8);
        double Error(bool isFused)
        {
            var error = 0.0;
            With(ScalarType.BFloat16, isFused, model =>
                error = Math.Sqrt(LabelScorer.Score(model, [.. golden.Select(Candidates)]).Zip(golden)
                    .SelectMany(pair => pair.First.Zip(Expected(pair.Second), (found, expected) => Math.Pow(found - expected, 2))).Average()));
            return error;
        }

        Assert.InRange(Error(isFused: true), 0, 1.5 * Error(isFused: false));
    }

    private static JsonNode[] Golden(string task, int rows) =>
        [.. File.ReadLines(Goldens.Path($"smollm2/scoring/{task}.jsonl")).Take(rows).Select(line => JsonNode.Parse(line)!)];

    private static double[] Expected(JsonNode row) => [.. row["choices"]!.AsArray().Select(choice => (double)choice!["loglikelihood"]!)];

    private static Example[] Candidates(JsonNode row) => [.. row["choices"]!.AsArray().Select(choice => Answer(row, choice!))];

    private static Example Answer(JsonNode row, JsonNode choice)
    {
        var (context, answer) = (Ids(row["context_ids"]!), Ids(choice["ids"]!));
        return new Example([.. context, .. answer], [.. context.Select(_ => Example.Ignored), .. answer]);
    }

    private static int[] Ids(JsonNode ids) => [.. ids.AsArray().Select(id => (int)id!)];

    private static void With(ScalarType type, bool isFused, Action<IBranchedLosses> test)
    {
        using var model = LanguageModel.Load(Goldens.Model("smollm2-135m-instruct"), new Precision(type));
        using var fused = isFused ? FusedDecoder.Create(model.Decoder, threads: 2) : null;
        Assert.SkipWhen(isFused && fused is null, "no bf16 unit");
        test((IBranchedLosses?)fused ?? new PlainBranchedLosses(model.Decoder));
    }
}
