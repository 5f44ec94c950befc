using Attune.Models.Architectures;
using Attune.Models.Layers;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using Attune.Text.Tokenizers;
using static TorchSharp.torch;

namespace Attune.Bench.Model;

/// <summary>SmolLM2-135M: its own weights where they are on this machine, else random ones of the same shapes.</summary>
internal static class SmolLm2
{
    public static LlamaConfig Config { get; } = new()
    {
        VocabularySize = 49_152,
        HiddenSize = 576,
        IntermediateSize = 1536,
        Layers = 30,
        Heads = 9,
        KeyValueHeads = 3,
        HeadSize = 64,
        NormEpsilon = 1e-5,
        Rotary = new RotaryOptions(100_000),
        MaxPositions = 8192,
        TiedHead = true,
        PaddingId = 2,
    };

    /// <summary>The model's folder; null: it is not there.</summary>
    public static string? Folder { get; } = SharedFiles.Find("models/smollm2-135m-instruct");

    public static IWeightSource OpenWeights() => Folder is null ? new RandomWeights(Config) : WeightSource.Open(Folder);

    public static LlamaDecoder Load(Precision precision)
    {
        using var weights = OpenWeights();
        return LlamaDecoder.Load(Config, weights, precision);
    }

    /// <summary>Its tokenizer; without the model that of recipes/tiny, which leaves out ids it does not know.</summary>
    public static ITokenizer LoadTokenizer() =>
        TokenizerJson.Load(Path.Combine(Folder ?? Path.Combine(Checkout(), "recipes/tiny/model"), "tokenizer.json"));

    /// <summary>Token ids that are no words, the same in every run.</summary>
    public static int[] RandomTokens(int count, int seed) => RandomTokens(count, seed, Config.VocabularySize);

    /// <summary>As <see cref="RandomTokens(int, int)"/>, of another vocabulary.</summary>
    public static int[] RandomTokens(int count, int seed, int vocabularySize)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (int)(random.NextDouble() * vocabularySize))];
    }

    // artifacts/bin/<project>/<configuration>/ -> the checkout
    private static string Checkout() => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
}
