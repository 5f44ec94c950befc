using System.Text.Json.Nodes;
using Attune.Runs;

namespace Attune.Training.Loop;

/// <summary>
/// Where a run stands. With weights and optimizer it is all that is needed to go on exactly: data order and dropout are
/// functions of seed and step, so no generator has a state of its own.
/// </summary>
/// <param name="Step">The last optimizer step done.</param>
/// <param name="Epoch">Passes done, as a fraction.</param>
/// <param name="Tokens">Tokens trained on so far.</param>
/// <param name="EarlyStopping">Best validation and patience.</param>
public sealed record TrainingState(int Step, double Epoch, long Tokens, EarlyStopping.Saved EarlyStopping)
{
    /// <summary>As part of <c>state.json</c>.</summary>
    public JsonObject ToJson() => new()
    {
        ["step"] = Step,
        ["epoch"] = Epoch,
        ["num_input_tokens_seen"] = Tokens,
        ["best_validation_step"] = EarlyStopping.BestStep,
        ["best_validation_loss"] = EarlyStopping.BestLoss,
        ["validations_without_progress"] = EarlyStopping.WithoutProgress,
    };

    /// <summary>From <c>state.json</c>.</summary>
    /// <param name="json">The file's object.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: a value is missing or of another type.</exception>
    public static TrainingState From(JsonObject json, string path)
    {
        return new TrainingState(
            (int)Number("step"), Number("epoch"), (long)Number("num_input_tokens_seen"),
            new EarlyStopping.Saved(
                (int?)JsonNumber.From(json["best_validation_step"]), JsonNumber.From(json["best_validation_loss"]), (int)Number("validations_without_progress")));

        double Number(string key) => JsonNumber.From(json[key]) is { } number and >= 0 ? number
            : throw new AttuneException(ExitCode.Run, $"{path} is damaged: '{key}' is not a number from 0 on.");
    }
}
