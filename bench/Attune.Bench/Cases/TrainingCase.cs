using Attune.Bench.Model;
using Attune.Bench.Training;
using Attune.Data.Batching;
using Attune.Models;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Models.Numerics;
using Attune.Training.Loop;
using Attune.Training.Objectives;
using Attune.Training.Preflight;
using Attune.Training.Recipes;
using Attune.Training.Running;
using Attune.Training.Schedules;
using static TorchSharp.torch;

namespace Attune.Bench.Cases;

/// <summary>Fine-tuning with the loop that runs use.</summary>
internal static class TrainingCase
{
    private const int Epochs = 1000; // more than is ever measured
    private const double LearningRate = 1e-5;

    /// <summary>LoRA on 16 banking77 rows a step, as a recipe reads them; null: the files are missing.</summary>
    public static Measurement? OnRealRows(ScalarType type)
    {
        if (SmolLm2.Folder is not { } folder || SharedFiles.Find(RealRows.File) is not { } file) return null;
        using var model = LanguageModel.Load(folder, new Precision(type));
        return Measure(new TrainingSetup(type), model.Decoder, new StepRows(RealRows.Load(file, model), 16));
    }

    /// <summary>On rows made for it.</summary>
    public static Measurement Measure(TrainingSetup setup, StepRows rows)
    {
        using var decoder = setup.Load();
        return Measure(setup, decoder, rows);
    }

    private static Measurement Measure(TrainingSetup setup, LlamaDecoder decoder, StepRows data)
    {
        var peakBefore = ProductPeak.Measure(setup.ComputeType, setup.Peak);
        var model = setup.Attach(decoder);
        using var optimizer = setup.OptimizerOf(model);
        var rows = data.Rows;
        var order = new DataOrder(rows.Count, data.RowsPerStep, Epochs, seed: 0);
        var tokens = MicroBatchSizes.Largest(rows, order, order.TotalSteps, MicroBatchSizes.UsualTokens);
        using var fused = FusedDecoder.Create(decoder, Environment.ProcessorCount, tokens, setup.Recomputes);
        var clocks = new StepClocks(fused, optimizer);
        var steps = new MeasuredSteps { OnWarm = clocks.Start };
        _ = new TrainingLoop
        {
            Options = new LoopOptions(order.TotalSteps, EvalSteps: int.MaxValue, SaveSteps: int.MaxValue, MaxGradNorm: 1),
            Order = order,
            Objective = new SupervisedObjective((ILabelLosses?)fused ?? new PlainLosses(decoder), rows, [], MicroBatchSizes.UsualTokens),
            Model = model,
            Optimizer = clocks,
            LearningRates = new LearningRates(LearningRateSchedule.Constant, LearningRate, 0, order.TotalSteps),
            EarlyStopping = new EarlyStopping(patience: null, threshold: 0),
            Observer = steps,
        }.Run(start: null, () => steps.AreEnough);
        var breakdown = clocks.Shares(steps.Seconds);

        var peakAfter = ProductPeak.Measure(setup.ComputeType, setup.Peak);
        var peak = Math.Max(peakBefore, peakAfter);
        var (median, trained) = (steps.Median, model.Tensors.Sum(tensor => tensor.Value.numel()));
        var work = new StepWork(decoder, setup.Method == Method.Lora ? trained : 0, TrainsBase: setup.Method == Method.Full);
        var operations = work.Of([.. order.RowsOfStep(median.Step).Select(row => rows[row])]);
        var share = operations / median.Seconds / peak;
        return new Measurement
        {
            TokensPerSecond = median.Tokens / median.Seconds,
            Seconds = median.Seconds,
            Repetitions = steps.Count,
            PeakGflops = peak / 1e9,
            ShareOfPeak = share,
            EstimatedMemory = MemoryEstimate.Of(
                decoder, new StepShape(fused is not null, setup.Recomputes, tokens, rows.Max(row => row.TokenIds.Length)), trained, optimizer.StateBytes).Total,
            Breakdown = breakdown,
            Note = Disturbance.Of(peakBefore, peakAfter, share),
        };
    }
}
