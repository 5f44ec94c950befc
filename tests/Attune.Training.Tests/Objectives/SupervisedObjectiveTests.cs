using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using Attune.Training.Tests.Recipes;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Objectives;

public class SupervisedObjectiveTests
{
    /// <summary>1e-6 + 1e-5 relative: order of fp32 sums.</summary>
    [Theory]
    [InlineData("full", "initial", "full/first_step_gradients.safetensors")]
    [InlineData("lora", "initial", "lora/first_step_gradients.safetensors")]
    [InlineData("lora", "final", "lora/gradients_at_final.safetensors")]
    public void Gradients_of_the_first_rows_equal_the_reference(string method, string when, string file)
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyGolden.Decoder();
        ITrainedModel model = method == "full" ? TinyGolden.Full(decoder) : new LoraTraining(TinyGolden.Adapter(decoder, when));
        var reference = Tensors.Of(Goldens.Path($"training/tiny/{file}"));
        var batch = MicroBatch.Of(TinyGolden.Rows()[..8]);

        var sum = new SupervisedObjective(new PlainLosses(decoder), [], [], 256).Backward(batch, 1.0 / batch.LabelTokens);

        if (reference.Remove("loss", out var loss)) Assert.Equal(loss.item<float>(), sum / batch.LabelTokens, 1e-5);
        Assert.Equal(reference.Count, model.Tensors.Count);
        foreach (var tensor in model.Tensors)
        {
            var expected = reference[method == "full" ? tensor.Name : $"base_model.model.{tensor.Name}"];
            Assert.InRange(Tensors.Distance(tensor.Value.grad!, expected, relative: 1e-5), double.MinValue, 1e-6);
        }
    }

    /// <summary>A step's gradient does not depend on how its rows are cut: 1e-7, fp32 sums of numbers up to 1 in another order.</summary>
    [Theory]
    [InlineData(1, 8)]
    [InlineData(30, 5)]
    [InlineData(60, 2)]
    public void Eight_rows_at_once_and_in_pieces_have_the_same_gradient(int microBatchTokens, int count)
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyGolden.Decoder();
        var model = TinyGolden.Full(decoder);
        var rows = TinyGolden.Rows()[..8];
        var objective = new SupervisedObjective(new PlainLosses(decoder), rows, [], microBatchTokens);
        var labels = rows.Sum(row => row.LabelTokens);

        var whole = objective.Backward(MicroBatch.Of(rows), 1.0 / labels);
        var gradients = model.Tensors.Select(tensor => tensor.Value.grad!.clone()).ToArray();
        foreach (var tensor in model.Tensors) tensor.Value.grad = null;
        var pieces = objective.MicroBatches([0, 1, 2, 3, 4, 5, 6, 7]);
        var sum = pieces.Sum(piece => objective.Backward(piece, 1.0 / labels));

        Assert.Equal(count, pieces.Count);
        Assert.Equal(whole, sum, 1e-4); // 428 nats
        foreach (var (tensor, gradient) in model.Tensors.Zip(gradients))
            Assert.InRange(Tensors.Distance(tensor.Value.grad!, gradient), 0, 3e-7);
    }

    /// <summary>1e-5: the reference's own separate and packed passes differ by 3e-7 a token.</summary>
    [Theory]
    [InlineData("flattened", false)]
    [InlineData("separate", true)]
    public void Token_losses_of_packed_rows_equal_those_of_each_alone(string name, bool alone)
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyGolden.Decoder();
        _ = TinyGolden.Adapter(decoder, "final");
        var golden = TinyGolden.Json("packing.json");
        var objective = new SupervisedObjective(new PlainLosses(decoder), [], [], 256);
        var rows = TinyGolden.Rows()[..8];

        float[] losses = alone ? [.. rows.SelectMany(row => objective.TokenLosses(MicroBatch.Of([row])))] : objective.TokenLosses(MicroBatch.Of(rows));

        var lists = name == "separate" ? golden["separate_rows"]!.AsArray().Select(row => row!["token_losses"]) : golden["flattened"]!["token_losses"]!.AsArray();
        float[] expected = [.. lists.SelectMany(list => list!.AsArray()).Select(loss => (float)loss!).Where(loss => loss != 0)];
        Assert.Equal(72, expected.Length);
        Assert.Equal(expected.Length, losses.Length);
        Assert.All(expected.Zip(losses), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.Equal((double)golden["separate_token_weighted_mean"]!, losses.Average(loss => (double)loss), 1e-6);
    }

    [Theory]
    [InlineData("initial", 1)]
    [InlineData("initial", 50)]
    [InlineData("final", 1000)]
    public void Validation_loss_is_weighted_by_tokens_whatever_the_micro_batches(string when, int microBatchTokens)
    {
        using var decoder = TinyGolden.Decoder();
        if (when == "final") LoadFinal(decoder);
        var expected = TinyGolden.Json("full/evaluation.json")["evaluation"]!.AsArray().Single(item => (string)item!["weights"]! == when)!;
        var objective = new SupervisedObjective(new PlainLosses(decoder), [], TinyGolden.Rows()[^10..], microBatchTokens);
        Assert.Equal((double)expected["token_weighted_mean"]!, objective.Validate()!.Value, 1e-5);
    }

    [Fact]
    public void Without_validation_rows_there_is_no_validation_loss()
    {
        using var decoder = TinyGolden.Decoder();
        Assert.Null(new SupervisedObjective(new PlainLosses(decoder), [], [], 1).Validate());
    }

    /// <summary>Within fp32 rounding of one product of all rows: losses near 10, gradients near 0.01.</summary>
    [Fact]
    public void Chunks_of_rows_add_up_to_the_whole()
    {
        using var scope = NewDisposeScope();
        using var decoder = TinyGolden.Decoder();
        TinyGolden.Full(decoder);
        var states = randn(100, decoder.Config.HiddenSize, generator: new Generator(1));
        var labels = arange(100).to(ScalarType.Int64);
        var (whole, gradient) = ChunkedCrossEntropy.WithGradient(decoder, states, labels, 0.01);
        var head = decoder.Linears[^1].Weight.grad!.clone();
        decoder.Linears[^1].Weight.grad = null;
        var (parts, partGradient) = ChunkedCrossEntropy.WithGradient(decoder, states, labels, 0.01, scoresBytes: 7 * 4 * 256);
        Assert.All(whole.Zip(parts), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        Assert.InRange(Tensors.Distance(partGradient, gradient), 0, 1e-7);
        Assert.InRange(Tensors.Distance(decoder.Linears[^1].Weight.grad!, head), 0, 1e-6);
    }

    /// <summary>Against plain autograd over the scores of every token; 1e-6 + 1e-5 relative as above. The embedding gets both of its parts.</summary>
    [Fact]
    public void The_gradient_of_a_tied_head_equals_plain_autograd()
    {
        using var scope = NewDisposeScope();
        var folder = Path.Combine(ProjectFiles.Root(), "recipes/tiny/model");
        using var weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        using var decoder = LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(folder, "config.json")), weights, new Precision(ScalarType.Float32));
        Assert.True(decoder.Config.TiedHead);
        var model = new FullTraining(decoder, weights, folder);
        var batch = MicroBatch.Of(TinyGolden.Rows()[..8]);
        new SupervisedObjective(new PlainLosses(decoder), [], [], 256).Backward(batch, 1.0 / batch.LabelTokens);
        var ours = model.Tensors.Select(tensor => tensor.Value.grad!.clone()).ToArray();
        foreach (var tensor in model.Tensors) tensor.Value.grad = null;

        var scores = decoder.Logits(decoder.Forward(new PackedBatch(batch.TokenIds, batch.Lengths)));
        var labels = tensor(batch.Labels).to(ScalarType.Int64);
        nn.functional.cross_entropy(scores[..^1], labels[1..], ignore_index: Example.Ignored).backward();

        foreach (var (tensor, gradient) in model.Tensors.Zip(ours))
            Assert.InRange(Tensors.Distance(gradient, tensor.Value.grad!, relative: 1e-5), double.MinValue, 1e-6);
    }

    private static void LoadFinal(LlamaDecoder decoder)
    {
        var final = Tensors.Of(Goldens.Path("training/tiny/full/final_weights.safetensors"));
        foreach (var parameter in decoder.Parameters) parameter.Value = final[parameter.Name];
    }
}
