using System.Diagnostics;
using Attune.Bench.Model;
using Attune.Models.Generation;
using Attune.Models.Numerics;
using Attune.Text.Tokenizers;
using Generator = Attune.Models.Generation.Generator;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>Greedy generation through <see cref="Generator"/>: prompts of random tokens, no stop token.</summary>
internal static class GenerationCase
{
    private const int PromptTokens = 32, NewTokens = 64, PrefillTokens = 512, Repetitions = 5;

    /// <summary>
    /// Tokens after the first one: the time for 65 tokens less that for 1, so that reading the prompts does not count.
    /// </summary>
    public static Measurement Decode(ScalarType type, int batch)
    {
        using var decoder = SmolLm2.Load(new Precision(type));
        var generator = new Generator(decoder, SmolLm2.LoadTokenizer());
        var whole = MedianSeconds(generator, batch, PromptTokens, 1 + NewTokens);
        var seconds = (whole - MedianSeconds(generator, batch, PromptTokens, 1)) / NewTokens;
        return new Measurement { TokensPerSecond = batch / seconds, Seconds = seconds, Repetitions = Repetitions };
    }

    /// <summary>A prompt of 512 tokens up to its first new token.</summary>
    public static Measurement Prefill(ScalarType type)
    {
        using var decoder = SmolLm2.Load(new Precision(type));
        var seconds = MedianSeconds(new Generator(decoder, SmolLm2.LoadTokenizer()), 1, PrefillTokens, 1);
        return new Measurement { TokensPerSecond = PrefillTokens / seconds, Seconds = seconds, Repetitions = Repetitions };
    }

    private static double MedianSeconds(Generator generator, int batch, int promptTokens, int newTokens)
    {
        GenerationRequest[] requests = [.. Enumerable.Range(0, batch).Select(i => new GenerationRequest(SmolLm2.RandomTokens(promptTokens, seed: i)) { MaxNewTokens = newTokens })];
        generator.Generate(requests); // warm-up
        var times = new double[Repetitions];
        for (var i = 0; i < times.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            generator.Generate(requests);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        return times.Order().ElementAt(Repetitions / 2);
    }
}
