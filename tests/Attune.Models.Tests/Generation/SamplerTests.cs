using System.Globalization;
using System.Text.Json.Nodes;
using Attune.Models.Generation;
using Attune.Models.Weights;

namespace Attune.Models.Tests.Generation;

public class SamplerTests
{
    private static readonly string[] Settings = ["temperature", "top_k", "top_p", "min_p", "repetition_penalty"];

    /// <summary>Tolerance 1e-6, and zero exactly where the reference has zero: smollm2/README.md.</summary>
    [Fact]
    public void Probabilities_equal_the_reference_after_each_of_its_processors()
    {
        var golden = Golden();
        var (logits, history) = (Floats(golden["logits"]!), Ints(golden["history"]!));
        var compared = 0;
        foreach (var item in golden["transformers"]!.AsArray())
        {
            var arguments = item!["arguments"]!.AsObject();
            if (arguments.Any(argument => !Settings.Contains(argument.Key))) continue;
            var options = Options(arguments);
            AssertSame(Floats(item["probabilities"]!), new Sampler(options, history).Distribution(logits), options.ToString());
            compared++;
        }

        Assert.Equal(37, compared);
    }

    /// <summary>Survivors equal, probabilities 1e-6: smollm2/README.md.</summary>
    [Fact]
    public void Survivors_on_the_real_vocabulary_equal_the_reference()
    {
        var golden = Golden()["real_vocabulary"]!;
        using var file = SafetensorsFile.Open(Goldens.Path("smollm2/logits.safetensors"));
        var logits = file.Load("english.last_logits").data<float>().ToArray();
        var prompt = file.Load("english.input_ids").data<long>().Select(id => (int)id).ToArray();
        var compared = 0;
        foreach (var item in golden["cases"]!.AsArray())
        {
            var probabilities = new Sampler(Options(item!["arguments"]!.AsObject()), prompt).Distribution(logits).ToArray();
            var (ids, expected) = (Ints(item["ids"]!), Floats(item["probabilities"]!));
            Assert.Equal((int)item["kept"]!, probabilities.Count(value => value > 0));
            Assert.All(ids.Zip(expected), pair => Assert.Equal(pair.Second, probabilities[pair.First], 1e-6f));
            compared++;
        }

        Assert.Equal(5, compared);
    }

    /// <summary>Tolerance 1e-6: smollm2/README.md. The history is the output here, of which llama.cpp looks at the last n.</summary>
    [Fact]
    public void Presence_and_frequency_penalties_equal_llama_cpp()
    {
        var golden = Golden();
        var (logits, history) = (Floats(golden["logits"]!), Ints(golden["history"]!));
        var compared = 0;
        foreach (var item in golden["penalties_llama_cpp"]!.AsArray())
        {
            var arguments = item!["arguments"]!;
            var sampler = new Sampler(Options(arguments.AsObject()));
            foreach (var id in history[^(int)arguments["last_n"]!..]) sampler.Accept(id);
            AssertSame(Floats(item["probabilities"]!), sampler.Distribution(logits), arguments.ToJsonString());
            compared++;
        }

        Assert.Equal(7, compared);
    }

    [Fact]
    public void Presence_and_frequency_penalties_leave_the_prompt_alone()
    {
        float[] logits = [1, 2, 3];
        var plain = new Sampler(new()).Distribution(logits).ToArray();
        var penalised = new Sampler(new() { PresencePenalty = 5, FrequencyPenalty = 5 }, [2, 2]).Distribution(logits).ToArray();
        Assert.Equal(plain, penalised);
    }

    [Fact]
    public void Draws_follow_the_probabilities()
    {
        float[] logits = [0, MathF.Log(2), float.NegativeInfinity, MathF.Log(7)]; // 0.1, 0.2, 0, 0.7
        var counts = new int[4];
        var sampler = new Sampler(new() { Temperature = 1, Seed = 1 });
        for (var i = 0; i < 20_000; i++) counts[sampler.Next(logits)]++;
        Assert.InRange(counts[0], 1_830, 2_170); // 2,000 ± 4 standard deviations
        Assert.InRange(counts[1], 3_774, 4_226);
        Assert.Equal(0, counts[2]);
    }

    [Fact]
    public void A_seed_gives_the_same_tokens_and_another_seed_others()
    {
        var logits = Floats(Golden()["logits"]!);
        int[] Draw(long seed)
        {
            var sampler = new Sampler(new() { Temperature = 1, Seed = seed });
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(logits))];
        }

        Assert.Equal(Draw(7), Draw(7));
        Assert.NotEqual(Draw(7), Draw(8));
    }

    [Fact]
    public void A_temperature_of_zero_takes_the_first_of_the_largest_after_penalties()
    {
        var sampler = new Sampler(new() { FrequencyPenalty = 1 });
        float[] logits = [1, 2.5f, 2.5f];
        Assert.Equal([1, 2, 1, 2, 0], Enumerable.Range(0, 5).Select(_ => sampler.Next(logits)));
    }

    [Fact]
    public void A_logit_that_is_not_a_number_is_told()
    {
        var sampler = new Sampler(new());
        var error = Assert.Throws<AttuneException>(() => sampler.Next([1, float.NaN]));
        Assert.Equal(ExitCode.Model, error.Code);
    }

    [Fact]
    public void Values_out_of_range_are_told_with_their_option()
    {
        SamplingOptions[] wrong =
        [
            new() { Temperature = -0.1 }, new() { Temperature = double.NaN }, new() { TopK = -1 }, new() { TopP = 1.1 }, new() { MinP = -1 },
            new() { RepetitionPenalty = 0 }, new() { PresencePenalty = double.NaN }, new() { FrequencyPenalty = double.PositiveInfinity },
        ];
        Assert.All(wrong, options => Assert.Equal(ExitCode.Usage, Assert.Throws<AttuneException>(options.Validate).Code));
    }

    private static void AssertSame(float[] expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.True((expected[i] == 0) == (actual[i] == 0), $"{what}: token {i} is {actual[i]}, expected {expected[i]}");
            Assert.Equal(expected[i], actual[i], 1e-6f);
        }
    }

    private static SamplingOptions Options(JsonObject arguments)
    {
        double Value(string key, double standard) => arguments[key] is { } node ? (double)node : standard;
        return new()
        {
            Temperature = Value("temperature", 1),
            TopK = (int)Value("top_k", 0),
            TopP = Value("top_p", 1),
            MinP = Value("min_p", 0),
            RepetitionPenalty = Value("repetition_penalty", 1),
            PresencePenalty = Value("presence_penalty", 0),
            FrequencyPenalty = Value("frequency_penalty", 0),
        };
    }

    private static JsonNode Golden() => JsonNode.Parse(File.ReadAllText(Goldens.Path("smollm2/sampling.json")))!;

    private static float[] Floats(JsonNode array) => [.. array.AsArray().Select(item => float.Parse(item!.ToJsonString(), CultureInfo.InvariantCulture))];

    private static int[] Ints(JsonNode array) => [.. array.AsArray().Select(item => (int)item!)];
}
