using Attune.Models.Weights;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;
using Attune.Training.Methods;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Loop;

/// <summary>Writes a run's checkpoints: weights or adapter, <c>optimizer.safetensors</c>, <c>state.json</c>.</summary>
/// <param name="store">The run's checkpoints on disk.</param>
/// <param name="model">What is trained.</param>
/// <param name="optimizer">Its optimizer.</param>
/// <param name="order">Saved to be compared on resuming.</param>
/// <param name="metrics">The rows up to a checkpoint are on disk before it is.</param>
public sealed class RunCheckpoints(CheckpointStore store, ITrainedModel model, IOptimizer optimizer, RowOrder order, MetricsLog metrics)
{
    private const string OptimizerFile = "optimizer.safetensors";

    /// <summary>Writes a checkpoint.</summary>
    /// <returns>Its folder.</returns>
    /// <exception cref="AttuneException"><see cref="ExitCode.Environment"/>: disk full or no permission.</exception>
    public string Save(TrainingState state, bool isBest)
    {
        metrics.FlushToDisk();
        var json = state.ToJson();
        order.AddTo(json);
        return store.Save(state.Step, isBest, model.SavedBytes + optimizer.StateBytes, json, folder =>
        {
            using var scope = NewDisposeScope(); // what only the files need, such as the optimizer's counts of steps
            model.Save(folder);
            SafetensorsWriter.Write(Path.Combine(folder, OptimizerFile), optimizer.State());
        }).Path;
    }

    /// <summary>Brings the optimizer to where a checkpoint was; the model was made from its weights.</summary>
    /// <returns>Where the run stands.</returns>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: damaged, or the rows are not those of the run.</exception>
    public TrainingState Restore(Checkpoint checkpoint)
    {
        var (json, path) = (checkpoint.ReadState(), Path.Combine(checkpoint.Path, "state.json"));
        order.RequireSame(json, path);
        using var file = SafetensorsFile.Open(Path.Combine(checkpoint.Path, OptimizerFile));
        optimizer.Restore(name => file.Load(name));
        return TrainingState.From(json, path);
    }
}
