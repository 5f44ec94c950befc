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

    /// <summary>
    /// 1e-12 relative, past the end too. The reference warms up from its minimum, here warmup begins at 0: with a minimum the
    /// rates are compared from the end of warmup on.
    /// </summary>
    [Fact]
    public void Warmup_stable_decay_and_a_minimum_equal_the_reference()
    {
        var compared = 0;
        foreach (var item in Reference()["transformers_get_scheduler"]!.AsArray())
        {
            var settings = item!["scheduler_specific_kwargs"]!.AsObject();
            LearningRateSchedule? schedule = ((string)item["name"]!, (string?)settings["decay_type"]) switch
            {
                ("warmup_stable_decay", "linear" or "1-sqrt") => LearningRateSchedule.WarmupStableDecay,
                ("cosine_with_min_lr", _) when settings is { Count: 1 } && settings.ContainsKey("min_lr_rate") => LearningRateSchedule.Cosine,
                _ => null,
            };
            if (schedule is null) continue;
            var (peak, warmup) = ((double)item["base_lr"]!, (int)item["num_warmup_steps"]!);
            var rates = new LearningRates(schedule.Value, peak, warmup, (int)item["num_training_steps"]!)
            {
                DecaySteps = (int?)settings["num_decay_steps"] ?? 0,
                DecayType = (string?)settings["decay_type"] == "1-sqrt" ? DecayType.OneMinusSqrt : DecayType.Linear,
                MinimumShare = (double?)settings["min_lr_ratio"] ?? (double)settings["min_lr_rate"]!,
            };
            foreach (var (expected, done) in item["lr"]!.AsArray().Select((rate, i) => ((double)rate!, i)).Skip(warmup))
            {
                Assert.Equal(expected, rates.Of(done + 1), 1e-12 * peak);
                compared++;
            }
        }

        Assert.Equal(3 * 29, compared);
    }

    [Theory]
    [InlineData(0, 10, 1)]      // no decay: constant
    [InlineData(2, 10, 0.5)]    // of the last two steps the first still has the peak
    [InlineData(10, 10, 0.125)] // no longer than what warmup leaves
    public void A_decay_ends_with_the_run_and_begins_after_warmup(int decaySteps, int totalSteps, double last)
    {
        var rates = new LearningRates(LearningRateSchedule.WarmupStableDecay, 1, warmupSteps: 2, totalSteps) { DecaySteps = decaySteps };
        Assert.Equal([0, 0.5, 1], Enumerable.Range(1, 3).Select(rates.Of));
        Assert.Equal(last, rates.Of(totalSteps));
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
            Assert.Equal((int)item["resolved"]!, LearningRates.StepsOf(ratio, (int)item["num_training_steps"]!));
            compared++;
        }

        Assert.Equal(6, compared);
    }

    private static JsonNode Reference() => JsonNode.Parse(File.ReadAllText(Goldens.Path("optimizers/schedules.json")))!;
}
