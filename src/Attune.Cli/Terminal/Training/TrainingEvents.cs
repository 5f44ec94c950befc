using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Training.Loop;

namespace Attune.Cli.Terminal.Training;

/// <summary>The events of a run for programs: one JSON object a line, each with its <c>event</c>.</summary>
internal sealed class TrainingEvents(TextWriter output) : ITrainingObserver
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <inheritdoc/>
    public void OnStart(RunArithmetic arithmetic) => Write("start", arithmetic);

    /// <inheritdoc/>
    public void OnStep(StepReport step) => Write("step", step);

    /// <inheritdoc/>
    public void OnEvaluation(EvaluationReport evaluation) => Write("evaluation", evaluation);

    /// <inheritdoc/>
    public void OnCheckpoint(string folder, bool isBest) => Write("checkpoint", new { folder, is_best = isBest });

    /// <inheritdoc/>
    public void OnEnd(TrainingResult result) => Write("end", result);

    /// <summary>Writes one event.</summary>
    public void Write(string name, object value)
    {
        var node = JsonSerializer.SerializeToNode(value, Options)!.AsObject();
        node.Insert(0, "event", name);
        output.WriteLine(node.ToJsonString());
        output.Flush();
    }
}
