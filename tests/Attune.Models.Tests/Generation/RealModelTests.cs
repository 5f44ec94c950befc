using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Weights;
using ScalarType = TorchSharp.torch.ScalarType;

namespace Attune.Models.Tests.Generation;

public class RealModelTests
{
    /// <summary>Ids are equal: the smallest margin of any choice is 40 times the rounding (smollm2/README.md).</summary>
    [Fact]
    public void Greedy_ids_of_six_prompts_in_one_batch_equal_the_reference()
    {
        var golden = JsonNode.Parse(File.ReadAllText(Goldens.Path("smollm2/greedy.json")))!;
        var cases = golden["generations"]!.AsArray();
        var folder = Goldens.Model("smollm2-135m-instruct");
        using var weights = WeightSource.Open(folder);
        using var decoder = LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(folder, LlamaConfigFile.Name)), weights, ScalarType.Float32);
        var generator = new Generator(decoder, new NumberTokenizer(decoder.Config.VocabularySize));
        var results = generator.Generate([.. cases.Select(item => new GenerationRequest(Ints(item!["prompt_ids"]!))
        {
            MaxNewTokens = (int)golden["max_new_tokens"]!,
            StopTokenIds = [(int)golden["eos_token_id"]!],
        })]);
        Assert.Equal(6, results.Count);
        foreach (var (item, result) in cases.Zip(results))
        {
            Assert.Equal(Ints(item!["new_ids"]!), result.TokenIds);
            Assert.Equal((string)item["stopped_by"]! == "eos" ? FinishReason.StopToken : FinishReason.Length, result.FinishReason);
        }
    }

    private static int[] Ints(JsonNode array) => [.. array.AsArray().Select(item => (int)item!)];
}
