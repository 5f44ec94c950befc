using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public class GgufWeightsTests
{
    /// <summary>First and last values exactly, because dequantization is; sums to 1e-9 of the sum of magnitudes, as the golden's README says.</summary>
    [Fact]
    public void The_real_models_weights_equal_the_reference()
    {
        var expected = JsonNode.Parse(File.ReadAllText(Goldens.Path("smollm2/weights.json")))!["tensors"]!.AsObject();
        using var source = WeightSource.Open(Goldens.Model("smollm2-135m-instruct"));
        Assert.Equal(expected.Select(entry => entry.Key).Order(), source.Tensors.Keys.Order());
        foreach (var (name, entry) in expected)
        {
            using var scope = NewDisposeScope();
            var tensor = source.Load(name);
            Assert.Equal(entry!["shape"]!.AsArray().Select(size => (long)size!), tensor.shape);
            Assert.Equal((double)entry["sum"]!, tensor.sum(ScalarType.Float64).item<double>(), 1e-9 * (double)entry["abs_sum"]!);
            Assert.Equal((float)entry["min"]!, tensor.min().item<float>());
            Assert.Equal((float)entry["max"]!, tensor.max().item<float>());
            var flat = tensor.view(-1);
            Assert.Equal(Values(entry["first"]!), flat.narrow(0, 0, 4).data<float>().ToArray());
            Assert.Equal(Values(entry["last"]!), flat.narrow(0, flat.shape[0] - 4, 4).data<float>().ToArray());
        }

        Assert.Equal(272, expected.Count);
    }

    [Theory]
    [InlineData("llama", 20)] // grouped queries, tied, rope_freqs
    [InlineData("llama-spm", 21)] // untied
    public void A_gguf_file_and_the_safetensors_it_was_made_of_hold_the_same_tensors(string model, int count)
    {
        using var gguf = WeightSource.Open(Goldens.Path($"gguf/models/{model}/model.gguf"));
        using var folder = WeightSource.Open(Goldens.Path($"gguf/models/{model}/hf"));
        Assert.Equal(count, folder.Tensors.Count);
        Assert.Equal(folder.Tensors.Keys.Order(), gguf.Tensors.Keys.Where(name => name != "rope_freqs.weight").Order());
        foreach (var (name, info) in folder.Tensors)
        {
            using var scope = NewDisposeScope();
            Assert.Equal(info.Shape, gguf.Tensors[name].Shape);
            Assert.True(gguf.Load(name).equal(folder.Load(name)).all().item<bool>(), name);
        }
    }

    /// <summary>Eight quantization mixtures, and weights that are exact in half precision, through the decoder. 1e-4: fp32 summation order, as for every tiny model.</summary>
    [Fact]
    public void Models_of_every_mixture_compute_the_references_logits()
    {
        var folder = Goldens.Path("gguf/mixtures");
        using var goldens = SafetensorsFile.Open(Path.Combine(folder, "outputs.safetensors"));
        using var noGradients = no_grad();
        var files = Directory.GetFiles(folder, "tiny-*.gguf");
        var compared = 0;
        foreach (var path in files)
        {
            using var scope = NewDisposeScope();
            using var source = (GgufWeights)WeightSource.Open(path);
            using var decoder = LlamaDecoder.Load(LlamaConfigGguf.Read(source.Metadata, source.Tensors.Keys, path), source, new Precision(ScalarType.Float32));
            var ids = goldens.Load("input_ids").data<long>().Select(id => (int)id).ToArray();
            var mixture = Path.GetFileNameWithoutExtension(path)["tiny-".Length..];
            var expected = mixture == "f16" ? "F32/logits_transformers" : $"{mixture}/logits_dequantized_transformers";
            TensorAssert.Near(goldens.Load(expected), decoder.Logits(decoder.Forward(PackedBatch.Of(ids))), 1e-4, mixture);
            compared++;
        }

        Assert.Equal(9, compared);
    }

    [Fact]
    public void Another_architecture_is_refused()
    {
        var error = Assert.Throws<AttuneException>(() => WeightSource.Open(Goldens.Path("gguf/models/gpt2/model.gguf")));
        Assert.Equal(ExitCode.Model, error.Code);
        Assert.Contains("general.architecture is gpt2; llama is supported", error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(JsonNode list) => [.. list.AsArray().Select(value => (float)value!)];
}
