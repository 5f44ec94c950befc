using Attune.Runs.Checkpoints;
using Attune.Text.Tokenizers.Training;
using Attune.Training.Loop;
using Attune.Training.Pretraining;
using Attune.Training.Recipes;
using Attune.Training.Recipes.Pretraining;

namespace Attune.Training.Tests.Pretraining;

/// <summary>A folder with a small corpus of sums in words, and a recipe for a tiny model.</summary>
internal sealed class PretrainScratch : IDisposable
{
    private static readonly string[] Numbers = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];

    public PretrainScratch()
    {
        File.WriteAllLines(Full("sums.jsonl"), Enumerable.Range(0, 60).Select(i => $$"""{"text": "{{Sums(i)}}", "source": "{{(i % 6 == 5 ? "other" : "sums")}}"}"""));
        File.WriteAllText(Full("notes.txt"), string.Join("\n\n", Enumerable.Range(60, 4).Select(Sums)));
        File.WriteAllLines(Full("kept.jsonl"), Enumerable.Range(64, 5).Select(i => $$"""{"text": "{{Sums(i)}}"}"""));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("attune-pretrain-").FullName;

    public string Full(string name) => Path.Combine(Folder, name);

    public ResolvedRecipe<PretrainRecipe> Recipe(string name = "sums", params string[] sets) => RecipeLoader.Parse(
        RecipeKind.Pretraining,
        $$"""
        name: {{name}}
        architecture: {hidden_size: 32, intermediate_size: 48, layers: 2, heads: 4, key_value_heads: 2, context: 48}
        tokenizer: {vocabulary_size: 300}
        data:
          train: ["{{Folder}}/sums.jsonl", "{{Folder}}/*.txt"]
          exclude: [other]
          validation: {{Folder}}/kept.jsonl
        max_sequence_length: 48
        tokens_per_step: 400
        epochs: 3
        learning_rate: 0.01
        eval_steps: 4
        save_steps: 4
        save_total_limit: 9
        compute_type: float32
        threads: 1
        output: {{Folder}}/runs
        """,
        "recipe.yaml",
        [.. sets.Select(RecipeOverride.Set)]);

    public PretrainingRun Start(ResolvedRecipe<PretrainRecipe> recipe) => PretrainingRun.Start(recipe, TimeProvider.System);

    /// <summary>Trains to the end.</summary>
    /// <returns>The run's folder.</returns>
    public string Finish(PretrainingRun run, ITrainingObserver observer)
    {
        using (run)
        {
            run.Prepare(new SilentCorpus(), CancellationToken.None);
            run.Train(observer, () => false);
            return run.Directory.Path;
        }
    }

    /// <summary>The weights and the optimizer of a run's last checkpoint.</summary>
    public static Dictionary<string, byte[]> LastWeights(string run) =>
        Directory.GetFiles(CheckpointReader.LastOf(Runs.RunDirectory.Open(run))!.Path, "*.safetensors").ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Sums(int seed)
    {
        var random = new SeededRandom(seed);
        return string.Join(" ", Enumerable.Range(0, 2 + random.Next(12)).Select(_ => Sum(random.Next(5), random.Next(5))));
    }

    private static string Sum(int left, int right) => $"{Numbers[left]} and {Numbers[right]} are {Numbers[left + right + 1]}.";
}

/// <summary>Looks away; cancels after a part of the work where asked to.</summary>
internal sealed class SilentCorpus : ICorpusObserver
{
    public Action? AfterTokenizer { get; init; }

    public CorpusSummary? Corpus { get; private set; }

    public void OnTokenizer(BpeTrainerProgress progress)
    {
        if (progress.Phase == BpeTrainerPhase.Merging) AfterTokenizer?.Invoke();
    }

    public void OnEncoded(long textBytes)
    {
    }

    public void OnCorpus(CorpusSummary corpus) => Corpus = corpus;
}
