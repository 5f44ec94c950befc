using Attune.Training.Loop;

namespace Attune.Bench.Training;

/// <summary>Notes the steps of a run after two of warm-up; at least five of them and twenty seconds are enough.</summary>
internal sealed class MeasuredSteps : ITrainingObserver
{
    private const int WarmUp = 2, Least = 5;
    private const double LeastSeconds = 20;

    private readonly List<StepReport> _steps = [];

    /// <summary>Called after the last step of the warm-up.</summary>
    public required Action OnWarm { get; init; }

    public int Count => _steps.Count;

    /// <summary>Of all steps measured.</summary>
    public double Seconds => _steps.Sum(step => step.Seconds);

    public bool AreEnough => _steps.Count >= Least && Seconds >= LeastSeconds;

    /// <summary>The step whose tokens a second are the median.</summary>
    public StepReport Median => _steps.OrderBy(step => step.Tokens / step.Seconds).ElementAt(_steps.Count / 2);

    public void OnStep(StepReport step)
    {
        if (step.Step > WarmUp) _steps.Add(step);
        else if (step.Step == WarmUp) OnWarm();
    }

    public void OnStart(RunArithmetic arithmetic)
    {
        // Nothing to note.
    }

    public void OnEvaluation(EvaluationReport evaluation)
    {
        // There is none.
    }

    public void OnCheckpoint(string folder, bool isBest)
    {
        // There is none.
    }

    public void OnEnd(TrainingResult result)
    {
        // Nothing to note.
    }
}
