using Attune.Models.Architectures;
using Attune.Models.Layers;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public class InitialWeightsTests
{
    private static readonly LlamaConfig Config = new()
    {
        VocabularySize = 500, HiddenSize = 64, IntermediateSize = 160, Layers = 8, Heads = 4, KeyValueHeads = 2, HeadSize = 16, Rotary = new RotaryOptions(10_000),
    };

    [Theory]
    [InlineData("model.embed_tokens.weight", 0.02)]
    [InlineData("lm_head.weight", 0.02)]
    [InlineData("model.layers.3.self_attn.q_proj.weight", 0.02)]
    [InlineData("model.layers.3.mlp.up_proj.weight", 0.02)]
    [InlineData("model.layers.3.self_attn.o_proj.weight", 0.005)] // ÷ √(2 × 8)
    [InlineData("model.layers.7.mlp.down_proj.weight", 0.005)]
    public void Matrices_are_normal_with_their_deviation(string name, double deviation)
    {
        using var weights = new InitialWeights(Config, 0.02, seed: 1);
        using var scope = NewDisposeScope();
        var values = weights.Load(name) / deviation;
        var error = 5 / Math.Sqrt(values.numel()); // of mean and deviation; the fourth moment of a normal distribution is 3
        Assert.Equal(0, values.mean().item<float>(), error);
        Assert.Equal(1, values.std().item<float>(), error);
        Assert.Equal(3, values.pow(4).mean().item<float>(), 10 * error);
    }

    [Fact]
    public void Norms_begin_at_one()
    {
        using var weights = new InitialWeights(Config, 0.02, seed: 1);
        using var norm = weights.Load("model.layers.0.input_layernorm.weight");
        Assert.Equal(Enumerable.Repeat(1f, 64), norm.data<float>().ToArray());
    }

    [Fact]
    public void A_tensor_is_its_seeds_and_its_names_whatever_was_loaded_before_and_by_how_many_threads()
    {
        const string name = "model.layers.1.mlp.gate_proj.weight";
        var first = Values(1, name);
        var threads = get_num_threads();
        try
        {
            set_num_threads(1);
            Assert.Equal(first, Values(1, "model.norm.weight", "lm_head.weight", name));
        }
        finally
        {
            set_num_threads(threads);
        }

        Assert.NotEqual(first, Values(2, name));
        Assert.NotEqual(first, Values(1, "model.layers.1.mlp.up_proj.weight"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_decoder_takes_them_all(bool tied)
    {
        var config = Config with { TiedHead = tied };
        using var weights = new InitialWeights(config, 0.02, seed: 1);
        using var decoder = LlamaDecoder.Load(config, weights, new Precision(ScalarType.Float32));
        Assert.Equal(weights.Tensors.Keys.Order(), decoder.Parameters.Select(parameter => parameter.Name).Order());
    }

    private static float[] Values(int seed, params string[] names)
    {
        using var weights = new InitialWeights(Config, 0.02, seed);
        float[] last = [];
        foreach (var name in names)
        {
            using var tensor = weights.Load(name);
            last = tensor.data<float>().ToArray();
        }

        return last;
    }
}
