using Attune.Data.Batching;
using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Methods;

public class FullTrainingTests
{
    /// <summary>A bf16 product rounds to 3 digits: the loss of 5.9 within 0.02, gradients within 3 % of their norm.</summary>
    [Fact]
    public void In_bfloat16_the_masters_are_the_files_own_numbers_and_gradients_are_fp32()
    {
        using var scope = NewDisposeScope();
        using var weights = SafetensorsFile.Open(Path.Combine(TinyGolden.ModelFolder, "model.safetensors"));
        using var decoder = LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(TinyGolden.ModelFolder, "config.json")), weights, new Precision(ScalarType.BFloat16));
        var model = new FullTraining(decoder, weights, TinyGolden.ModelFolder);
        foreach (var tensor in model.Tensors) Assert.Equal(0, Tensors.Distance(tensor.Value, weights.Load(tensor.Name)));

        var batch = MicroBatch.Of(TinyGolden.Rows()[..8]);
        var sum = new SupervisedObjective(new PlainLosses(decoder), [], [], 8).Backward(batch, 1.0 / batch.LabelTokens);

        Assert.Equal(5.945300102233887, sum / batch.LabelTokens, 0.02);
        var reference = Tensors.Of(Goldens.Path("training/tiny/full/first_step_gradients.safetensors"));
        var (difference, norm) = (0.0, 0.0);
        foreach (var tensor in model.Tensors)
        {
            Assert.Equal(ScalarType.Float32, tensor.Value.grad!.dtype);
            difference += (tensor.Value.grad! - reference[tensor.Name]).square().sum().item<float>();
            norm += reference[tensor.Name].square().sum().item<float>();
        }

        Assert.InRange(Math.Sqrt(difference / norm), 1e-5, 0.03);
    }

    [Fact]
    public void Norms_and_biases_do_not_decay()
    {
        using var decoder = TinyGolden.Decoder();
        var model = TinyGolden.Full(decoder);
        Assert.Equal(5, model.Tensors.Count(tensor => !tensor.Decays));
        Assert.All(model.Tensors, tensor => Assert.Equal(!tensor.Name.Contains("norm"), tensor.Decays));
    }
}
