using System.Text.Json.Nodes;
using Attune.Data.Preparation;
using Attune.Runs;

namespace Attune.Training.Tuned;

/// <summary><c>data/prompt_form.json</c>: how a run's rows asked the model.</summary>
public static class PromptFormFile
{
    private const string Name = "prompt_form.json";

    /// <summary>Writes it into a run.</summary>
    public static void Write(RunDirectory run, PromptForm form)
    {
        Directory.CreateDirectory(run.DataPath);
        JsonFile.Write(Path.Combine(run.DataPath, Name), new JsonObject { ["chat"] = form.IsChat, ["system"] = form.System, ["prompt"] = form.Prompt });
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: missing or damaged.</exception>
    public static PromptForm Read(RunDirectory run)
    {
        var path = Path.Combine(run.DataPath, Name);
        var json = JsonFile.Read(path);
        try
        {
            return new PromptForm((bool)json["chat"]!, (string?)json["system"], (string?)json["prompt"]);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new AttuneException(ExitCode.Run, $"{path} is damaged: expected chat (true or false), system and prompt (texts or null).", inner: exception);
        }
    }
}
