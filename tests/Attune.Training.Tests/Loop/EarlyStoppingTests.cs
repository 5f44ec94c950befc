using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Training.Loop;

namespace Attune.Training.Tests.Loop;

public class EarlyStoppingTests
{
    /// <summary>Decisions are equal. A metric of which more is better is observed with its sign turned.</summary>
    [Fact]
    public void Stop_step_best_step_metric_and_patience_equal_the_reference()
    {
        var cases = JsonNode.Parse(File.ReadAllText(Goldens.Path("training/early_stopping/decisions.json")))!["cases"]!.AsArray();
        var (runs, validations) = (0, 0);
        foreach (var item in cases)
        {
            var arguments = item!["arguments"]!;
            var sign = (bool)arguments["greater_is_better"]! ? -1 : 1;
            var stopping = new EarlyStopping((int?)arguments["early_stopping_patience"], (double)arguments["early_stopping_threshold"]!);
            var evaluations = item["evaluations"]!.AsArray();
            foreach (var evaluation in evaluations)
            {
                Assert.False(stopping.ShouldStop);
                Assert.Equal(Number(evaluation!["best_before_this_evaluation"]) * sign, stopping.BestLoss);
                stopping.Observe((int)evaluation["step"]!, Number(evaluation["value"])!.Value * sign);
                if (arguments["early_stopping_patience"] is not null)
                    Assert.Equal((int)evaluation["patience_counter"]!, stopping.WithoutProgress);
                validations++;
            }

            Assert.Equal((bool)item["stopped_early"]!, stopping.ShouldStop);
            Assert.Equal((int)item["stopped_after_step"]!, (int)evaluations[^1]!["step"]!);
            Assert.Equal((int)item["best_step"]!, stopping.BestStep);
            Assert.Equal((double)item["best_metric"]! * sign, stopping.BestLoss);
            runs++;
        }

        Assert.Equal(31, runs);
        Assert.True(validations > 200, $"{validations} validations compared");
    }

    [Fact]
    public void A_first_validation_that_is_not_a_number_is_never_the_best()
    {
        var stopping = new EarlyStopping(1, 0);
        Assert.False(stopping.Observe(1, double.NaN));
        Assert.True(stopping.Observe(2, 9));
        Assert.Equal(2, stopping.BestStep);
    }

    [Fact]
    public void Saved_state_goes_on_where_it_was()
    {
        var before = new EarlyStopping(2, 0);
        before.Observe(1, 1);
        before.Observe(2, 1.5);
        var after = new EarlyStopping(2, 0) { State = before.State };
        Assert.False(after.Observe(3, 1));
        Assert.True(after.ShouldStop);
        Assert.Equal((1, 1), (after.BestStep, after.BestLoss));
    }

    private static double? Number(JsonNode? node) => node switch
    {
        null => null,
        _ when node.GetValueKind() == JsonValueKind.String => double.NaN,
        _ => (double)node,
    };
}
