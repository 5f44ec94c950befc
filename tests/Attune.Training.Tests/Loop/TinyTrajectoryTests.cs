using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Fused;
using Attune.Training.Loop;
using Attune.Training.Methods;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Loop;

/// <summary>
/// 30 steps of a tiny model against the reference. Loss and gradient norm within 1e-5: the reference's own trainers
/// agree within 1e-6. Final weights within 2e-4: AdamW turns rounding in near-zero gradients into steps.
/// </summary>
public class TinyTrajectoryTests
{
    private static readonly LoopSetup Full = new(LearningRate: 3e-3, MaxGradNorm: 3.0);
    private static readonly LoopSetup Lora = new(LearningRate: 1e-2, MaxGradNorm: 1.25);

    [Theory]
    [InlineData(int.MaxValue, "batch_8", false)]
    [InlineData(40, "accumulate_4_micro_batches_of_2", false)] // 30 steps of 2 to 5 micro-batches
    [InlineData(int.MaxValue, "batch_8", true)]
    [InlineData(40, "accumulate_4_micro_batches_of_2", true)]
    public void Full_fine_tuning_equals_the_reference(int microBatchTokens, string name, bool isFused)
    {
        using var decoder = TinyGolden.Decoder();
        var model = TinyGolden.Full(decoder);
        using var fused = isFused ? FusedDecoder.Create(decoder, threads: 2) : null;
        Assert.Equal(isFused, fused is not null);
        Compare(Full with { MicroBatchTokens = microBatchTokens, Fused = fused }, decoder, model, "full/trajectory.json", name);
        if (name == "batch_8") CompareWeights(model, "full/final_weights.safetensors", name => name, 21);
    }

    [Theory]
    [InlineData(int.MaxValue, "batch_8", false)]
    [InlineData(40, "accumulate_4_micro_batches_of_2", false)] // 30 steps of 2 to 5 micro-batches
    [InlineData(int.MaxValue, "batch_8", true)]
    [InlineData(40, "accumulate_4_micro_batches_of_2", true)]
    public void Lora_equals_the_reference(int microBatchTokens, string name, bool isFused)
    {
        using var decoder = TinyGolden.Decoder();
        var model = new LoraTraining(TinyGolden.Adapter(decoder, "initial"));
        using var fused = isFused ? FusedDecoder.Create(decoder, threads: 2) : null;
        Assert.Equal(isFused, fused is not null);
        Compare(Lora with { MicroBatchTokens = microBatchTokens, Fused = fused }, decoder, model, "lora/trajectory.json", name);
        if (name == "batch_8") CompareWeights(model, "lora/final/adapter_model.safetensors", ours => $"base_model.model.{ours}", 28);
    }

    private static void Compare(LoopSetup setup, LlamaDecoder decoder, ITrainedModel model, string file, string name)
    {
        var expected = TinyGolden.Json(file)[name]!.AsArray();
        var norms = new List<double>();
        var recorder = new Recorder { AfterStep = _ => norms.Add(ParameterNorm(model)) };
        using var optimizer = setup.Optimizer(model);
        var result = setup.Loop(decoder, model, optimizer, TinyGolden.Rows()[..240], recorder).Run(null, () => false);

        Assert.Equal((StopReason.Finished, 30), (result.Reason, result.Step));
        Assert.Equal(30, expected.Count);
        foreach (var (step, reference, norm) in recorder.Steps.Zip(expected, norms))
        {
            Assert.Equal((int)reference!["step"]!, step.Step);
            Assert.Equal((int)reference["label_tokens"]!, step.LabelTokens);
            Assert.Equal((double)reference["learning_rate"]!, step.LearningRate, 1e-15);
            Assert.Equal((double)reference["loss"]!, step.Loss, 1e-5);
            Assert.Equal((double)reference["grad_norm"]!, step.GradNorm, 1e-5);
            Assert.Equal((double)reference["param_norm_after"]!, norm, 1e-4);
        }
    }

    private static void CompareWeights(ITrainedModel model, string file, Func<string, string> nameOf, int count)
    {
        using var scope = NewDisposeScope();
        var reference = Tensors.Of(Goldens.Path($"training/tiny/{file}"));
        Assert.Equal(count, model.Tensors.Count);
        Assert.Equal(reference.Count, model.Tensors.Count);
        foreach (var tensor in model.Tensors)
            Assert.InRange(Tensors.Distance(tensor.Value, reference[nameOf(tensor.Name)]), 0, 2e-4);
    }

    private static double ParameterNorm(ITrainedModel model)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return Math.Sqrt(model.Tensors.Sum(tensor => tensor.Value.to(ScalarType.Float64).square().sum().item<double>()));
    }
}
