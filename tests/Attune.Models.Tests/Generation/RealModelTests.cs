using System.Text.Json.Nodes;
using Attune.Models.Generation;
using Attune.Models.Numerics;
using ScalarType = TorchSharp.torch.ScalarType;

namespace Attune.Models.Tests.Generation;

public class RealModelTests
{
    /// <summary>Ids are equal: the smallest margin of any choice is 40 times the rounding (smollm2/README.md).</summary>
    [Fact]
    public void Greedy_texts_of_six_prompts_in_one_batch_equal_the_reference()
    {
        var golden = JsonNode.Parse(File.ReadAllText(Goldens.Path("smollm2/greedy.json")))!;
        var cases = golden["generations"]!.AsArray();
        using var model = LanguageModel.Load(Goldens.Model("smollm2-135m-instruct"), new Precision(ScalarType.Float32));
        Assert.Equal([(int)golden["eos_token_id"]!], model.GenerationDefaults.EosIds);
        var generator = new Generator(model.Decoder, model.Tokenizer);
        var results = generator.Generate([.. cases.Select(item => new GenerationRequest(Ints(item!["prompt_ids"]!))
        {
            MaxNewTokens = (int)golden["max_new_tokens"]!,
            StopTokenIds = [.. model.GenerationDefaults.EosIds],
        })]);
        Assert.Equal(6, results.Count);
        foreach (var (item, result) in cases.Zip(results))
        {
            Assert.Equal(Ints(item!["new_ids"]!), result.TokenIds);
            Assert.Equal((string)item["new_text_without_special"]!, result.Text);
            Assert.Equal((string)item["stopped_by"]! == "eos" ? FinishReason.StopToken : FinishReason.Length, result.FinishReason);
        }
    }

    private static int[] Ints(JsonNode array) => [.. array.AsArray().Select(item => (int)item!)];
}
