using System.Text.Json.Nodes;
using Attune.Cli.Tests.Mistakes;

namespace Attune.Cli.Tests.Invariants;

public sealed class EvaluationTests(TinyRuns runs) : IClassFixture<TinyRuns>
{
    [Fact]
    public void A_label_task_ends_with_accuracy_and_macro_F1_of_base_and_tuned_model()
    {
        var evaluation = runs.Finished("labels", TinyRuns.Lora, "learning_rate: 0.005\neval_steps: 100\nthreads: 1", "epochs=2").Evaluation;
        Assert.Equal("test", (string?)evaluation["part"]);
        Assert.Equal(4, (int)evaluation["rows"]!);
        foreach (var model in new[] { "base", "tuned" })
        {
            Interval(evaluation[model]!["accuracy"]!, 0, 1);
            Interval(evaluation[model]!["macro_f1"]!, 0, 1);
            Assert.Equal(4, evaluation[model]!["predicted"]!.AsArray().Count);
        }

        Interval(evaluation["accuracy_difference"]!, -1, 1);
    }

    [Fact]
    public void Plain_text_ends_with_loss_and_perplexity_of_base_and_tuned_model()
    {
        runs.Write("texts.jsonl", string.Concat(Workshop.Rows(24).Split('\n').SkipLast(1).Select(line => $"{{\"text\": {JsonNode.Parse(line)!["text"]!.ToJsonString()}}}\n")));
        runs.Write("texts.yaml", "name: texts\nmodel: model\nmethod: full\ndata: {train: texts.jsonl, split: {validation: 4, test: 4}}\nmax_sequence_length: 64\nlearning_rate: 0.002\nepochs: 2\nthreads: 1\n");
        TinyRuns.Expect(0, runs.Attune("train", "texts.yaml"));
        var evaluation = runs.RunOf("texts").Evaluation;
        foreach (var model in new[] { "base", "tuned" })
        {
            Interval(evaluation[model]!["loss"]!, 0, 20);
            Interval(evaluation[model]!["perplexity"]!, 1, double.MaxValue);
            Assert.Equal(Math.Exp(Value(evaluation[model]!["loss"]!)), Value(evaluation[model]!["perplexity"]!), 1e-9 * Math.Exp(20));
        }

        Assert.True(Value(evaluation["tuned"]!["loss"]!) < Value(evaluation["base"]!["loss"]!), "training has not lowered the loss");
        Interval(evaluation["loss_difference"]!, -20, 20);
    }

    private static double Value(JsonNode estimate) => (double)estimate["value"]!;

    private static void Interval(JsonNode estimate, double least, double most)
    {
        var (low, value, high) = ((double)estimate["low"]!, Value(estimate), (double)estimate["high"]!);
        Assert.InRange(value, least, most);
        Assert.InRange(value, low, high);
        Assert.InRange(low, least, high);
    }
}
