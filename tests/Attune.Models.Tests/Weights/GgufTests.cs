using System.Text.Json.Nodes;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public class GgufTests
{
    /// <summary>Exact: dequantization is a few fp32 operations; sums to 1e-9 of the sum of magnitudes, as the golden's README says.</summary>
    [Fact]
    public void The_real_models_weights_equal_the_reference_exactly()
    {
        var expected = JsonNode.Parse(File.ReadAllText(Goldens.Path("smollm2/weights.json")))!;
        using var source = WeightSource.Open(Goldens.Model("smollm2-135m-instruct"));
        var entries = (expected["tensors"] ?? expected).AsObject();
        var compared = 0;
        foreach (var (name, entry) in entries)
        {
            if (entry is not JsonObject item || item["sum"] is null) continue;
            using var scope = NewDisposeScope();
            var tensor = source.Load(name).to(ScalarType.Float64);
            Assert.Equal(item["shape"]!.AsArray().Select(v => (long)v!), tensor.shape);
            Assert.Equal((double)item["sum"]!, tensor.sum().item<double>(), 1e-9 * (double)item["abs_sum"]!);
            double[] first = [.. item["first"]!.AsArray().Select(v => (double)v!)];
            Assert.Equal(first, tensor.view(-1).narrow(0, 0, first.Length).data<double>().ToArray());
            compared++;
        }

        Assert.Equal(272, compared);
    }

    [Fact]
    public void A_gguf_file_and_the_safetensors_it_was_made_of_hold_the_same_tensors()
    {
        using var gguf = WeightSource.Open(Goldens.Path("gguf/models/llama/model.gguf"));
        using var folder = WeightSource.Open(Goldens.Path("gguf/models/llama/hf"));
        Assert.NotEmpty(folder.Tensors);
        foreach (var (name, info) in folder.Tensors)
        {
            using var scope = NewDisposeScope();
            Assert.Equal(info.Shape, gguf.Tensors[name].Shape);
            Assert.True(gguf.Load(name).equal(folder.Load(name)).all().item<bool>(), name);
        }
    }
}
