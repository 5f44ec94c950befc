using System.Text.Json.Nodes;
using Attune.Training.Recipes;
using Attune.Training.Schedules;

namespace Attune.Training.Tests.Schedules;

public class LearningRatesTests
{
    /// <summary>1e-12 relative: both are doubles. The values past the end are compared too.</summary>
    [Fact]
    public void Linear_cosine_and_constant_equal_the_reference_at_every_step()
    {
        var compared = 0;
        foreach (var item in Reference()["transformers_get_scheduler"]!.AsArray())
        {
            LearningRateSchedule? schedule = (string)item!["name"]! switch
            {
                "linear" => LearningRateSchedule.Linear,
                "cosine" => LearningRateSchedule.Cosine,
                "constant_with_warmup" => LearningRateSchedule.Constant,
                _ => null,
            };
            if (schedule is null || item["scheduler_specific_kwargs"]!.AsObject().Count > 0) continue;
            var rates = new LearningRates(schedule.Value, (double)item["base_lr"]!, (int)item["num_warmup_steps"]!, (int)item["num_training_steps"]!);
            var step = 1;
            foreach (var expected in item["lr"]!.AsArray())
            {
                Assert.Equal((double)expected!, rates.Of(step), 1e-12 * Math.Max((double)expected!, 1e-6));
                step++;
                compared++;
            }
        }

        Assert.True(compared >= 7 * 34, $"{compared} rates compared");
    }

    [Fact]
    public void Constant_equals_the_references_constant()
    {
        var item = Reference()["transformers_get_scheduler"]!.AsArray().Single(c => (string)c!["name"]! == "constant")!;
        var rates = new LearningRates(LearningRateSchedule.Constant, (double)item["base_lr"]!, 0, (int)item["num_training_steps"]!);
        Assert.All(item["lr"]!.AsArray().Select((rate, i) => (Rate: (double)rate!, Step: i + 1)), x => Assert.Equal(x.Rate, rates.Of(x.Step)));
    }

    [Fact]
    public void A_warmup_ratio_is_rounded_up()
    {
        var compared = 0;
        foreach (var item in Reference()["training_arguments_warmup_steps"]!.AsArray())
        {
            var ratio = (double)item!["warmup_steps"]!;
            if (ratio >= 1) continue;
            Assert.Equal((int)item["resolved"]!, LearningRates.WarmupOf(ratio, (int)item["num_training_steps"]!));
            compared++;
        }

        Assert.Equal(6, compared);
    }

    private static JsonNode Reference() => JsonNode.Parse(File.ReadAllText(Goldens.Path("optimizers/schedules.json")))!;
}
