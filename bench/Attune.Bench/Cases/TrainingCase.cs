using Attune.Bench.Model;
using Attune.Bench.Training;
using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models;
using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Training.Loop;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using Attune.Training.Optimizers;
using Attune.Training.Recipes;
using Attune.Training.Running;
using Attune.Training.Schedules;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>Fine-tuning SmolLM2-135M with the loop that runs use, rows of a step in one micro-batch.</summary>
internal static class TrainingCase
{
    private const int Epochs = 1000; // more than is ever measured
    private const double LearningRate = 1e-5;

    /// <summary>16 banking77 rows a step, as a recipe reads them.</summary>
    public static Measurement? LoraOnRealRows(ScalarType type)
    {
        if (SmolLm2.Folder is not { } folder || SharedFiles.Find(RealRows.File) is not { } file) return null;
        using var model = LanguageModel.Load(folder, type);
        return Lora(model.Decoder, RealRows.Load(file, model), 16);
    }

    /// <summary>8 × 128 random tokens, labels on the second half of each row.</summary>
    public static Measurement Lora(ScalarType type)
    {
        using var decoder = SmolLm2.Load(type);
        return Lora(decoder, RandomRows(), 8);
    }

    /// <summary>The same rows, every weight trained.</summary>
    public static Measurement Full(ScalarType type)
    {
        using var decoder = SmolLm2.Load(type);
        using var masters = SmolLm2.OpenWeights();
        var model = new FullTraining(decoder, masters, masters.Path);
        return Run(decoder, model, RandomRows(), 8, new StepWork(decoder, 0, TrainsBase: true));
    }

    private static Measurement Lora(LlamaDecoder decoder, IReadOnlyList<Example> rows, int rowsPerStep)
    {
        var adapter = LoraAdapter.Attach(decoder, new LoraOptions { Rank = 16, Alpha = 32, TargetModules = ["all-linear"] }, seed: 0);
        return Run(decoder, new LoraTraining(adapter), rows, rowsPerStep, new StepWork(decoder, adapter.TrainableParameters, TrainsBase: false));
    }

    private static Measurement Run(LlamaDecoder decoder, ITrainedModel model, IReadOnlyList<Example> rows, int rowsPerStep, StepWork work)
    {
        var peakBefore = ProductPeak.Measure(decoder.ComputeType);
        var order = new DataOrder(rows.Count, rowsPerStep, Epochs, seed: 0);
        var steps = new MeasuredSteps();
        using var optimizer = new AdamW(model.Tensors, new AdamWOptions());
        var loop = new TrainingLoop
        {
            Options = new LoopOptions(order.TotalSteps, EvalSteps: int.MaxValue, SaveSteps: int.MaxValue, MaxGradNorm: 1),
            Order = order,
            Objective = new SupervisedObjective(decoder, rows, [], MicroBatchSizes.UsualTokens),
            Model = model,
            Optimizer = optimizer,
            LearningRates = new LearningRates(LearningRateSchedule.Constant, LearningRate, 0, order.TotalSteps),
            EarlyStopping = new EarlyStopping(patience: null, threshold: 0),
            Observer = steps,
        };
        loop.Run(start: null, () => steps.AreEnough);

        var peak = Math.Max(peakBefore, ProductPeak.Measure(decoder.ComputeType));
        var median = steps.Median;
        var operations = work.Of([.. order.RowsOfStep(median.Step).Select(row => rows[row])]);
        return new Measurement
        {
            TokensPerSecond = median.Tokens / median.Seconds,
            Seconds = median.Seconds,
            Repetitions = steps.Count,
            PeakGflops = peak / 1e9,
            ShareOfPeak = operations / median.Seconds / peak,
        };
    }

    private static Example[] RandomRows() => [.. Enumerable.Range(0, 8).Select(row =>
    {
        var ids = SmolLm2.RandomTokens(128, seed: row);
        return new Example(ids, [.. ids.Select((id, i) => i < 64 ? Example.Ignored : id)]);
    })];
}
