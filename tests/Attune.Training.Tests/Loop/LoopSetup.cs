using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using Attune.Training.Loop;
using Attune.Training.Methods;
using Attune.Training.Objectives;
using Attune.Training.Optimizers;
using Attune.Training.Recipes;
using Attune.Training.Schedules;

namespace Attune.Training.Tests.Loop;

/// <summary>What the reference's trajectories were made with.</summary>
internal sealed record LoopSetup(double LearningRate, double MaxGradNorm)
{
    public int Steps { get; init; } = 30;

    public int Warmup { get; init; } = 5;

    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Cosine;

    public double WeightDecay { get; init; } = 0.01;

    public int EffectiveBatch { get; init; } = 8;

    /// <summary>As large as all rows of a step.</summary>
    public int MicroBatchTokens { get; init; } = int.MaxValue;

    public IReadOnlyList<Example> Validation { get; init; } = [];

    /// <summary>Null: the plain path.</summary>
    public FusedDecoder? Fused { get; init; }

    /// <summary>Rows in order, one epoch.</summary>
    public TrainingLoop Loop(LlamaDecoder decoder, ITrainedModel model, AdamW optimizer, IReadOnlyList<Example> rows, ITrainingObserver observer) => new()
    {
        Options = new LoopOptions(Steps, Steps, Steps, MaxGradNorm),
        Order = new DataOrder(rows.Count, EffectiveBatch, epochs: 1, seed: 0, shuffle: false),
        Objective = new SupervisedObjective((ILabelLosses?)Fused ?? new PlainLosses(decoder), rows, Validation, MicroBatchTokens),
        Model = model,
        Optimizer = optimizer,
        LearningRates = new LearningRates(Schedule, LearningRate, Warmup, Steps),
        EarlyStopping = new EarlyStopping(null, 0),
        Observer = observer,
    };

    public AdamW Optimizer(ITrainedModel model) => new(model.Tensors, new AdamWOptions { WeightDecay = WeightDecay });
}

/// <summary>Keeps what it is told.</summary>
internal sealed class Recorder : ITrainingObserver
{
    public List<StepReport> Steps { get; } = [];

    public List<EvaluationReport> Evaluations { get; } = [];

    public List<(string Folder, bool IsBest)> Checkpoints { get; } = [];

    /// <summary>Looks at the model after a step.</summary>
    public Action<StepReport>? AfterStep { get; init; }

    public void OnStart(RunArithmetic arithmetic)
    {
    }

    public void OnStep(StepReport step)
    {
        Steps.Add(step);
        AfterStep?.Invoke(step);
    }

    public void OnEvaluation(EvaluationReport evaluation) => Evaluations.Add(evaluation);

    public void OnCheckpoint(string folder, bool isBest) => Checkpoints.Add((folder, isBest));

    public void OnEnd(TrainingResult result)
    {
    }
}
