using System.Text.Json.Nodes;
using Attune.Cli.Tests.Mistakes;
using Attune.Runs.Metrics;

namespace Attune.Cli.Tests.Invariants;

/// <summary>Runs of the tiny model on 16 rows, two steps an epoch, in a folder of their own.</summary>
public sealed class TinyRuns : IDisposable
{
    internal const string Lora = "method: lora\nlora: {rank: 4, dropout: 0.2, modules_to_save: [embed_tokens]}";
    internal const string PlainLora = Lora + "\ntraining_path: plain";
    internal const string Full = "method: full";

    /// <summary>Forty steps: long enough to be killed in the middle.</summary>
    internal const string Long = "learning_rate: 0.005\neval_steps: 10\nsave_steps: 4";

    private readonly Workshop _workshop = new();
    private readonly Dictionary<string, FinishedRun> _done = [];

    internal string Folder => _workshop.Folder;

    /// <summary>Writes <c>name.yaml</c>; its run directory's name ends with that name.</summary>
    internal void Recipe(string name, string method, string more) =>
        _workshop.Write($"{name}.yaml", Workshop.Recipe(more, method).Replace("name: mistake", $"name: {name}", StringComparison.Ordinal));

    /// <summary>Trains <c>name.yaml</c> to its end; made once, whichever test asks first.</summary>
    internal FinishedRun Finished(string name, string method, string more, params string[] settings)
    {
        if (_done.TryGetValue(name, out var done)) return done;
        Recipe(name, method, more);
        Expect(0, Attune(["train", $"{name}.yaml", .. Set(settings)]));
        return _done[name] = RunOf(name);
    }

    /// <summary>The newest run of a recipe.</summary>
    internal FinishedRun RunOf(string name) =>
        new(Folder, Path.Combine("runs", Path.GetFileName(Directory.GetDirectories(Path.Combine(Folder, "runs"), $"*-{name}").Order(StringComparer.Ordinal).Last())));

    internal AttuneProcess.Result Attune(params string[] arguments) => AttuneProcess.Run(arguments, Folder);

    internal void Write(string name, string text) => _workshop.Write(name, text);

    internal static AttuneProcess.Result Expect(int code, AttuneProcess.Result result)
    {
        Assert.True(code == result.ExitCode, $"exit code {result.ExitCode}, expected {code}\n{result.Output}{result.Error}");
        return result;
    }

    internal static IEnumerable<string> Set(IEnumerable<string> settings) => settings.SelectMany(setting => (string[])["--set", setting]);

    public void Dispose() => _workshop.Dispose();
}

/// <summary>A run directory as a test reads it.</summary>
/// <param name="Folder">The folder in which the program ran.</param>
/// <param name="Path">The run directory, relative to it.</param>
internal sealed record FinishedRun(string Folder, string Path)
{
    public JsonObject Plan => Json("plan.json");

    /// <summary><c>fused</c> or <c>plain</c>.</summary>
    public string TrainingPath => (string)Plan["path"]!;

    public JsonObject Evaluation => Json("evaluation/metrics.json");

    public string MetricsPath => Full("metrics.jsonl");

    /// <summary>A value of the resolved recipe.</summary>
    public string Value(string key) =>
        File.ReadLines(Full("recipe.yaml")).First(line => line.StartsWith($"{key}: ", StringComparison.Ordinal)).Split(' ')[1];

    /// <summary>The files of a checkpoint, by name, without those that tell times.</summary>
    public IReadOnlyDictionary<string, byte[]> Weights(int step) =>
        Directory.GetFiles(Full($"checkpoints/step-{step:000000}"), "*.safetensors").ToDictionary(file => System.IO.Path.GetFileName(file), File.ReadAllBytes);

    /// <summary>What training came to at each step: everything but speeds and times.</summary>
    public IReadOnlyList<string> Course() =>
    [
        .. from row in MetricsFile.Read(MetricsPath)
           from value in row.Values
           where value.Key is MetricNames.Loss or MetricNames.EvalLoss or MetricNames.GradNorm or MetricNames.LearningRate or MetricNames.NumInputTokensSeen
           orderby row.Step, value.Key
           select FormattableString.Invariant($"{row.Step} {value.Key} {value.Value:R}"),
    ];

    public string Full(string name) => System.IO.Path.Combine(Folder, Path, name);

    private JsonObject Json(string name) => JsonNode.Parse(File.ReadAllText(Full(name)))!.AsObject();
}
