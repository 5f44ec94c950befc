using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Training.Loop;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Tests.Loop;

/// <summary>What stops a run, with a message that says which step and what to do.</summary>
public class StepGuardTests
{
    [Theory]
    [InlineData(float.NaN, 1, "Step 3: the loss is not a number; the step was not taken.")]
    [InlineData(float.PositiveInfinity, 1, "Step 3: the loss is infinite; the step was not taken.")]
    [InlineData(1, float.NaN, "Step 3: the gradient is not a number while the loss is 1; the step was not taken.")]
    [InlineData(1, float.NegativeInfinity, "Step 3: the gradient is infinite while the loss is 1; the step was not taken.")]
    public void A_loss_or_gradient_that_is_not_finite_stops_before_the_update(float loss, float gradient, string message)
    {
        using var scope = NewDisposeScope();
        var model = new OneTensor();
        var error = Assert.Throws<AttuneException>(() => Run(model, step => step < 3 ? (1, 1) : (loss, gradient)));
        Assert.Equal((ExitCode.Training, message), (error.Code, error.Message));
        Assert.Contains("learning_rate", error.Hint);
        Assert.True(float.IsFinite(model.Tensors[0].Value.item<float>()));
    }

    [Fact]
    public void Gradients_that_are_all_zero_stop_the_first_step_only()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<AttuneException>(() => Run(new OneTensor(), _ => (1, 0)));
        Assert.Equal(ExitCode.Training, error.Code);
        Assert.StartsWith("Step 1: every gradient is zero", error.Message);
        Run(new OneTensor(), step => (1, step == 2 ? 0 : 1));
    }

    [Fact]
    public void An_adapter_that_did_not_move_stops_after_the_first_step_with_a_rate_above_zero()
    {
        using var scope = NewDisposeScope();
        var seen = 0;
        var error = Assert.Throws<AttuneException>(() => Run(new OneTensor { Still = "B is still zero" }, step => (seen = step, 1)));
        Assert.Equal((ExitCode.Training, "Step 2: B is still zero."), (error.Code, error.Message));
        Assert.Equal(2, seen); // step 1 is warmup, with rate 0
    }

    [Fact]
    public void B_of_a_fresh_adapter_is_still_zero_and_after_a_step_it_is_not()
    {
        using var decoder = TinyGolden.Decoder();
        var model = new LoraTraining(TinyGolden.Adapter(decoder, "initial"));
        Assert.StartsWith("B of 14 of 14 adapted layers is still zero, for example model.layers.0.self_attn.q_proj.lora_B.weight", model.WhyStill());
        Assert.Null(new LoraTraining(TinyGolden.Adapter(decoder, "final")).WhyStill());
    }

    private static void Run(OneTensor model, Func<int, (float Loss, float Gradient)> step)
    {
        Example[] rows = [.. Enumerable.Repeat(new Example([1, 2], [-100, 2]), 4)];
        var setup = new LoopSetup(0.1, 0) { Steps = 4, EffectiveBatch = 1, Warmup = 1 };
        using var decoder = TinyGolden.Decoder();
        using var optimizer = setup.Optimizer(model);
        var loop = setup.Loop(decoder, model, optimizer, rows, new Recorder());
        new TrainingLoop
        {
            Options = loop.Options,
            Order = loop.Order,
            Objective = new Scripted(model, step),
            Model = model,
            Optimizer = optimizer,
            LearningRates = loop.LearningRates,
            EarlyStopping = loop.EarlyStopping,
            Observer = loop.Observer,
        }.Run(null, () => false);
    }

    private sealed class OneTensor : ITrainedModel
    {
        public string? Still { get; init; }

        public IReadOnlyList<TrainedTensor> Tensors { get; } = [new("x", zeros(1).requires_grad_())];

        public long SavedBytes => 4;

        public void BeginStep(int step)
        {
        }

        public void EndTraining()
        {
        }

        public string? WhyStill() => Still;

        public void Save(string folder)
        {
        }
    }

    private sealed class Scripted(OneTensor model, Func<int, (float Loss, float Gradient)> step) : IObjective
    {
        private int _step;

        public IReadOnlyList<MicroBatch> MicroBatches(IReadOnlyList<int> rows) => [new([1, 2], [-100, 2], [2])];

        public double Backward(MicroBatch batch, double weight)
        {
            var (loss, gradient) = step(++_step);
            model.Tensors[0].Value.grad = tensor(new[] { gradient });
            return loss;
        }

        public double? Validate() => null;
    }
}
