using System.Text.Json.Nodes;
using Attune.Cli.Terminal;
using Attune.Data.Preparation;
using Attune.Models;
using Attune.Models.Generation;
using Attune.Models.Numerics;
using Attune.Runs;
using Attune.Training.Tuned;
using static TorchSharp.torch;

namespace Attune.Cli.Models;

/// <summary>A model ready to be asked, and the form in which it is asked.</summary>
internal sealed record OpenedModel(LanguageModel Model, PromptForm Form) : IDisposable
{
    /// <summary>The tuned model of a run, asked as it was trained.</summary>
    /// <param name="path">The run directory.</param>
    /// <param name="type">Compute type; null: the run's own.</param>
    public static OpenedModel OfRun(string path, ScalarType? type)
    {
        var run = RunDirectory.Open(path);
        return new OpenedModel(TunedModel.Load(run, Screen.Notice, type), PromptFormFile.Read(run));
    }

    /// <summary>A base model.</summary>
    /// <param name="path">Hugging Face folder or GGUF file.</param>
    /// <param name="chat">Asked through its chat template.</param>
    /// <param name="type">Compute type; null: the one in which torch's products, which generation goes through, are faster.</param>
    public static OpenedModel OfBase(string path, bool chat, ScalarType? type) =>
        new(LanguageModel.Load(path, new Precision(type ?? ProductSpeeds.OfThisMachine.Torch.Best)), new PromptForm(IsChat: chat));

    /// <summary>A run's tuned model or a base model, whichever a path is of.</summary>
    /// <param name="path">Run directory, Hugging Face folder or GGUF file.</param>
    /// <param name="type">Compute type; null: as of <see cref="OfRun"/> and <see cref="OfBase"/>.</param>
    public static OpenedModel Of(string path, ScalarType? type) =>
        File.Exists(Path.Combine(path, RunDirectory.RecipeFile)) ? OfRun(path, type) : OfBase(path, chat: false, type);

    /// <summary>Token ids of what the model reads before it answers a text.</summary>
    public int[] Encode(string text) => Form.Encode(text, Model.Tokenizer, Model.Chat);

    /// <summary>Token ids of a conversation up to where the model's next words begin.</summary>
    public int[] Encode(JsonArray messages) => PromptForm.Encode(messages, Model.Tokenizer, Model.Chat);

    /// <summary>Answers a prompt.</summary>
    /// <param name="request">How; its prompt and end tokens are set here.</param>
    /// <param name="promptIds">What <c>Encode</c> gave.</param>
    /// <param name="output">Gets the text as it comes; null: nobody.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    public GenerationResult Answer(GenerationRequest request, int[] promptIds, TextWriter? output, CancellationToken cancellation = default)
    {
        request = request with { PromptIds = promptIds, StopTokenIds = [.. Model.GenerationDefaults.EosIds] };
        return new Attune.Models.Generation.Generator(Model.Decoder, Model.Tokenizer).Generate([request], output is null ? null : Write, cancellation)[0];

        void Write(int index, string piece)
        {
            output.Write(piece);
            output.Flush();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
