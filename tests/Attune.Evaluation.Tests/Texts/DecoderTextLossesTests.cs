using System.Text.Json.Nodes;
using Attune.Evaluation.Scoring;
using Attune.Evaluation.Texts;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Evaluation.Tests.Texts;

public sealed class DecoderTextLossesTests : IDisposable
{
    private const double Tolerance = 1e-4; // as ScorerTests: sums of the same fp32 products in another order

    private readonly LlamaDecoder _decoder = TinyModel.Load();
    private readonly FusedDecoder _fused;

    public DecoderTextLossesTests() => _fused = FusedDecoder.Create(_decoder, threads: 2)!;

    [Theory]
    [InlineData(false, 16)]
    [InlineData(true, 16)]
    [InlineData(true, 7)]   // half of it is 3
    [InlineData(true, 2)]   // each token sees the one before
    public void Each_token_is_scored_once_with_at_least_half_a_context_before_it(bool isFused, int context)
    {
        var random = new SeededRandom(context);
        int[][] texts = [.. ((int[])[1, 2, context - 1, context, context + 1, 61, 5, 40]).Select(length => Enumerable.Range(0, Math.Max(1, length)).Select(_ => 3 + random.Next(300)).ToArray())];
        var told = 0;
        var losses = new DecoderTextLosses(isFused ? _fused : new PlainBranchedLosses(_decoder), context).Losses(texts, done => told = done);
        for (var i = 0; i < texts.Length; i++) Assert.Equal(Expected(texts[i], context), losses[i], Tolerance);
        Assert.Equal(texts.Sum(text => text.Length - 1), told);
    }

    [Fact]
    public void SmolLM2_finds_WikiText_as_likely_as_in_the_reference()
    {
        using var golden = SafetensorsFile.Open(Goldens.Path("smollm2/perplexity.safetensors"));
        var expected = JsonNode.Parse(File.ReadAllText(Goldens.Path("smollm2/perplexity.json")))!["window_mean_nll"]!.AsArray();
        using var model = LanguageModel.Load(Goldens.Model("smollm2-135m-instruct"), new Precision(ScalarType.Float32));
        using var fused = FusedDecoder.Create(model.Decoder, threads: 2)!;
        using var ids = golden.Load("input_ids"); // [16, 512]
        int[][] texts = [.. Enumerable.Range(0, 2).Select(window => ids[window].to(ScalarType.Int32).data<int>().ToArray())];
        var losses = new DecoderTextLosses(fused, 512).Losses(texts);
        for (var i = 0; i < texts.Length; i++) Assert.Equal((double)expected[i]!, losses[i] / 511, 1e-5);
    }

    public void Dispose()
    {
        _fused.Dispose();
        _decoder.Dispose();
    }

    // Token t is scored in the first window, of those at 0, stride, 2 · stride …, that holds it; each window is read alone.
    private double Expected(int[] text, int context)
    {
        var (sum, stride) = (0.0, context / 2);
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        for (var t = 1; t < text.Length; t++)
        {
            var start = Enumerable.Range(0, text.Length).Select(k => k * stride).First(start => t < start + context);
            Assert.True(start == 0 || t - start >= stride, $"token {t} sees {t - start} tokens");
            var hidden = _decoder.Forward(PackedBatch.Of([text[start..t]]));
            sum -= nn.functional.log_softmax(_decoder.Logits(hidden[^1].unsqueeze(0)), 1)[0, text[t]].item<float>();
        }

        return sum;
    }
}
