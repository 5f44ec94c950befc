using Attune.Training.Loop;
using Attune.Training.Recipes;
using Attune.Training.Running;
using Attune.Training.Tests.Recipes;
using TorchSharp;

namespace Attune.Training.Tests.Running;

/// <summary>
/// Nothing is kept from step to step, on either path. Steady means: after a full collection, as many torch tensors are alive
/// after the last step as after the tenth, and .NET's objects take at most 64 KB more, 1 % of them or less. Two validations,
/// with sample and checkpoint, are among the ten. Memory in use is counted, not resident memory, which the heaps' own sizing
/// moves by more than a small leak does. Not in parallel: the counts are those of the process.
/// </summary>
[CollectionDefinition(nameof(SteadyMemoryTests), DisableParallelization = true)]
[Collection(nameof(SteadyMemoryTests))]
public class SteadyMemoryTests
{
    private const int Settled = 10;
    private const long Tolerance = 64 << 10; // bytes

    [Theory]
    [InlineData("lora", "fused")]
    [InlineData("full", "fused")]
    [InlineData("lora", "plain")]
    [InlineData("full", "plain")]
    public void Nothing_is_kept_from_step_to_step(string method, string path) => AssertSteady(Train(method, path, 60));

    [Theory]
    [InlineData("lora", "fused")]
    [InlineData("full", "fused")]
    [InlineData("lora", "plain")]
    [InlineData("full", "plain")]
    public void Nothing_is_kept_over_two_thousand_steps(string method, string path)
    {
        Goldens.OnlyInFullRun("2,000 steps, half a minute to two minutes each");
        AssertSteady(Train(method, path, 2000));
    }

    /// <summary>One tensor a step, or one array of 2 KB.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_leak_is_seen(bool isTensor)
    {
        var kept = new List<object>();
        var (settled, end) = Train("lora", "fused", 60, () => kept.Add(isTensor ? torch.zeros(64).DetachFromDisposeScope() : (object)new byte[2048]));
        Assert.True(isTensor ? end.Tensors - settled.Tensors == 50 : end.Managed > settled.Managed + Tolerance, $"{settled} {end}");
        foreach (var one in kept.OfType<IDisposable>()) one.Dispose();
    }

    private static (Use Settled, Use End) Train(string method, string path, int steps, Action? leak = null)
    {
        using var scratch = new RunScratch();
        var (settled, end) = (default(Use), default(Use));
        var watch = new Watch(step =>
        {
            leak?.Invoke();
            if (step == Settled) settled = Use.Now();
            if (step == steps) end = Use.Now();
        });
        using var run = scratch.Start(RecipeLoader.Load(Path.Combine(ProjectFiles.Root(), $"recipes/tiny/{method}.yaml"),
        [
            RecipeOverride.Option("--model", "model", Path.Combine(ProjectFiles.Root(), "recipes/tiny/model")),
            RecipeOverride.Option("--data", "data.train", Path.Combine(ProjectFiles.Root(), "samples/delivery-or-billing.jsonl")),
            RecipeOverride.Option("--output", "output", Path.Combine(scratch.Folder, "runs")),
            RecipeOverride.Set("threads=1"), RecipeOverride.Set("epochs=400"), RecipeOverride.Set($"max_steps={steps}"),
            RecipeOverride.Set("eval_steps=4"), RecipeOverride.Set($"training_path={(path == "plain" ? "plain" : "auto")}"),
        ]));
        run.Train(watch, () => false);
        return (settled, end);
    }

    private static void AssertSteady((Use Settled, Use End) uses)
    {
        Assert.True(uses.End.Tensors == uses.Settled.Tensors && uses.End.Managed <= uses.Settled.Managed + Tolerance, $"{uses.Settled} after {Settled} steps, {uses.End} at the end");
    }

    /// <summary>What is in use once all garbage is gone.</summary>
    /// <param name="Tensors">Torch tensors that .NET holds.</param>
    /// <param name="Managed">.NET's objects, bytes.</param>
    private readonly record struct Use(long Tensors, long Managed)
    {
        public static Use Now()
        {
            for (var i = 0; i < 2; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            GC.Collect();
            var heap = GC.GetGCMemoryInfo(GCKind.FullBlocking);
            return new Use(torch.Tensor.TotalCount, heap.HeapSizeBytes - heap.FragmentedBytes);
        }
    }

    private sealed class Watch(Action<int> afterStep) : ITrainingObserver
    {
        public void OnStart(RunArithmetic arithmetic)
        {
        }

        public void OnStep(StepReport step) => afterStep(step.Step);

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
}
