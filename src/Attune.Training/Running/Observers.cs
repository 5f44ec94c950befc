using Attune.Training.Loop;

namespace Attune.Training.Running;

/// <summary>Tells several observers, in their order.</summary>
internal sealed class Observers(params IReadOnlyList<ITrainingObserver> all) : ITrainingObserver
{
    /// <inheritdoc/>
    public void OnStart(RunArithmetic arithmetic)
    {
        foreach (var one in all) one.OnStart(arithmetic);
    }

    /// <inheritdoc/>
    public void OnStep(StepReport step)
    {
        foreach (var one in all) one.OnStep(step);
    }

    /// <inheritdoc/>
    public void OnEvaluation(EvaluationReport evaluation)
    {
        foreach (var one in all) one.OnEvaluation(evaluation);
    }

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, bool isBest)
    {
        foreach (var one in all) one.OnCheckpoint(folder, isBest);
    }

    /// <inheritdoc/>
    public void OnEnd(TrainingResult result)
    {
        foreach (var one in all) one.OnEnd(result);
    }
}
