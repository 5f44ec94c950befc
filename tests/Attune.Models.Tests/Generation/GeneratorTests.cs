using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Generation;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using ScalarType = TorchSharp.torch.ScalarType;

namespace Attune.Models.Tests.Generation;

public class GeneratorTests
{
    private static readonly SamplingOptions Drawn = new() { Temperature = 1, Seed = 5 };

    /// <summary>Ids are equal: no greedy decision of these runs is close (reference.json gives the gap).</summary>
    [Theory]
    [InlineData("llama-tied")]
    [InlineData("llama-untied")]
    [InlineData("llama3-rope")]
    [InlineData("llama-linear")]
    [InlineData("llama-yarn")]
    public void Greedy_ids_equal_the_reference_alone_and_in_a_batch_of_unequal_prompts(string model)
    {
        var reference = Reference(model);
        using var decoder = Load(model);
        var prompt = Ints(reference["prompt_ids"]!);
        var generator = Generator(decoder);
        Assert.Equal(Ints(reference["greedy_ids"]!), generator.Generate([Request(prompt)])[0].TokenIds);

        var batch = reference["left_padded_batch"]!;
        var prompts = batch["input_ids"]!.AsArray().Zip(batch["attention_mask"]!.AsArray(), (ids, mask) =>
            Ints(ids!).Zip(Ints(mask!)).Where(pair => pair.Second == 1).Select(pair => pair.First).ToArray()).ToArray();
        Assert.Equal(2, prompts.Select(row => row.Length).Distinct().Count());
        var results = generator.Generate([.. prompts.Select(Request)]);
        Assert.Equal(batch["greedy_ids"]!.AsArray().Select(ids => Ints(ids!)), results.Select(result => result.TokenIds));
    }

    [Fact]
    public void A_text_depends_on_its_prompt_and_seed_and_not_on_the_batch()
    {
        using var decoder = Load("llama-tied");
        var generator = Generator(decoder);
        var request = Request([5, 6, 7]) with { Sampling = Drawn };
        var alone = generator.Generate([request])[0].TokenIds;
        var batch = generator.Generate([Request([9, 8, 7, 6, 5, 4]) with { MaxNewTokens = 3 }, request, Request([1]), request]);
        Assert.Equal([3, 24, 24, 24], batch.Select(result => result.TokenIds.Length));
        Assert.Equal(alone, batch[1].TokenIds);
        Assert.Equal(alone, batch[3].TokenIds);
        Assert.NotEqual(alone, generator.Generate([request with { Sampling = Drawn with { Seed = 6 } }])[0].TokenIds);
    }

    [Fact]
    public void Texts_that_end_leave_the_batch_without_changing_the_others()
    {
        using var decoder = Load("llama-tied");
        var generator = Generator(decoder);
        var requests = Enumerable.Range(1, 6).Select(i => Request([.. Enumerable.Range(10, i)]) with { MaxNewTokens = 4 * i, Sampling = Drawn }).Reverse().ToArray();
        var alone = requests.Select(request => generator.Generate([request])[0]).ToArray();
        var together = generator.Generate(requests);
        Assert.Equal(alone.Select(result => result.Text), together.Select(result => result.Text));
        Assert.Equal([24, 20, 16, 12, 8, 4], together.Select(result => result.TokenIds.Length));
    }

    [Fact]
    public void Streamed_pieces_are_the_text()
    {
        using var decoder = Load("llama-tied");
        var generator = Generator(decoder);
        var request = Request([5, 6, 7]);
        var pieces = new List<string>[] { [], [] };
        var results = generator.Generate([request, request with { MaxNewTokens = 5 }], (row, text) => pieces[row].Add(text));
        Assert.Equal(results.Select(result => result.Text), pieces.Select(parts => string.Concat(parts)));
        Assert.Equal(pieces[0], generator.Stream(request));
        Assert.Equal(24, pieces[0].Count);
    }

    [Fact]
    public void Stop_tokens_and_stop_strings_end_a_row_of_the_batch()
    {
        using var decoder = Load("llama-tied");
        var generator = Generator(decoder);
        var request = Request(Ints(Reference("llama-tied")["prompt_ids"]!));
        var ids = generator.Generate([request])[0].TokenIds;
        Assert.Equal(4, ids[..4].Distinct().Count());
        var byToken = request with { StopTokenIds = [ids[3]] };
        var byText = request with { StopStrings = [$" {ids[2]} {ids[3]}"] };
        var results = generator.Generate([byToken, byText]);
        Assert.Equal([FinishReason.StopToken, FinishReason.StopString], results.Select(result => result.FinishReason));
        Assert.Equal([$" {ids[0]} {ids[1]} {ids[2]}", $" {ids[0]} {ids[1]}"], results.Select(result => result.Text));
    }

    [Fact]
    public void The_end_of_the_context_ends_a_text()
    {
        using var decoder = Load("llama-tied");
        var prompt = Enumerable.Repeat(7, decoder.Config.MaxPositions - 4).ToArray();
        var result = Generator(decoder).Generate([Request(prompt)])[0];
        Assert.Equal((4, FinishReason.Length), (result.TokenIds.Length, result.FinishReason));
    }

    [Fact]
    public void What_cannot_be_generated_is_told()
    {
        using var decoder = Load("llama-tied");
        GenerationRequest[] wrong =
        [
            Request([]), Request(new int[decoder.Config.MaxPositions]), Request([1]) with { MaxNewTokens = 0 },
            Request([1]) with { Sampling = new() { TopP = 2 } }, Request([decoder.Config.VocabularySize]),
        ];
        Assert.All(wrong, request => Assert.Equal(ExitCode.Usage, Assert.Throws<AttuneException>(() => Generator(decoder).Generate([request])).Code));
        Assert.Empty(Generator(decoder).Generate([]));
    }

    [Fact]
    public void Cancelling_stops_between_two_tokens()
    {
        using var decoder = Load("llama-tied");
        using var cancel = new CancellationTokenSource();
        var count = 0;
        Assert.Throws<OperationCanceledException>(() => Generator(decoder).Generate([Request([1])], (_, _) =>
        {
            if (++count == 3) cancel.Cancel();
        }, cancel.Token));
        Assert.Equal(3, count);
    }

    private static GenerationRequest Request(int[] prompt) => new(prompt) { MaxNewTokens = 24 };

    private static Generator Generator(LlamaDecoder decoder) => new(decoder, new NumberTokenizer(decoder.Config.VocabularySize));

    private static LlamaDecoder Load(string model)
    {
        var folder = Goldens.Path($"architectures/{model}");
        using var weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        return LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(folder, LlamaConfigFile.Name)), weights, new Precision(ScalarType.Float32));
    }

    private static JsonNode Reference(string model) =>
        JsonNode.Parse(File.ReadAllText(Goldens.Path($"architectures/{model}/reference.json")))!["generate"]!;

    private static int[] Ints(JsonNode array) => [.. array.AsArray().Select(item => (int)item!)];
}
