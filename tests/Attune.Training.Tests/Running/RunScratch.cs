using Attune.Training.Loop;
using Attune.Training.Recipes;
using Attune.Training.Running;
using Attune.Training.Tests.Recipes;

namespace Attune.Training.Tests.Running;

/// <summary>A folder for the runs of one test, and a small recipe on the tiny model of the checkout.</summary>
internal sealed class RunScratch : IDisposable
{
    public RunScratch()
    {
        var rows = Enumerable.Range(0, 44).Select(i => $$"""{"prompt": "{{i}} plus one is", "completion": " {{i + 1}}"}""");
        File.WriteAllLines(Path.Combine(Folder, "rows.jsonl"), rows);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("attune-runs-").FullName;

    /// <summary>36 rows in 2 epochs of 5 steps, the last of each short; 8 rows for validation, every 2 steps; a rate that moves something.</summary>
    public ResolvedRecipe<Recipe> Recipe(string name, string more = "") => RecipeLoader.Parse(
        $$"""
        name: {{name}}
        model: {{Path.Combine(ProjectFiles.Root(), "recipes/tiny/model")}}
        data:
          train: {{Folder}}/rows.jsonl
          split:
            validation: 8
        batch_size: 4
        gradient_accumulation_steps: 2
        epochs: 2
        learning_rate: 5.0e-3
        eval_steps: 2
        save_total_limit: 3
        compute_type: float32
        threads: 1
        output: {{Folder}}/runs
        {{more}}
        """, "recipe.yaml");

    public TrainingRun Start(ResolvedRecipe<Recipe> recipe) => TrainingRun.Start(PreparedRun.Create(recipe), TimeProvider.System);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>Ends the process's work on a run where it stands, as a kill would, but for the lock.</summary>
internal sealed class KilledException : Exception;

/// <summary>Kills after a step, before anything of it is saved.</summary>
internal sealed class KillAfter(int step) : ITrainingObserver
{
    public void OnStart(RunArithmetic arithmetic)
    {
    }

    public void OnStep(StepReport report)
    {
        if (report.Step == step) throw new KilledException();
    }

    public void OnEvaluation(EvaluationReport evaluation)
    {
    }

    public void OnCheckpoint(string folder, bool isBest)
    {
    }

    public void OnEnd(TrainingResult result)
    {
    }
}
