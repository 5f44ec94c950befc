using Attune.Models.Architectures;

namespace Attune.Models.Generation;

/// <summary>What a model says about generating from it. Its sampling settings are not taken over: Attune's own default is greedy.</summary>
/// <param name="EosIds">Tokens that end a text, each once.</param>
public sealed record GenerationDefaults(IReadOnlyList<int> EosIds)
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "generation_config.json";

    /// <summary>
    /// The end tokens of <c>generation_config.json</c>, else of the configuration, and the tokenizer's: checkpoints tuned
    /// for chat often name the end of a turn in one of these places only.
    /// </summary>
    /// <param name="file">The model's <c>generation_config.json</c>; null: it has none.</param>
    /// <param name="config">The model's configuration.</param>
    /// <param name="tokenizerEos">The tokenizer's end token; null: it has none.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the file is malformed.</exception>
    public static GenerationDefaults Read(string? file, LlamaConfig config, int? tokenizerEos)
    {
        var listed = file is null ? null : JsonFields.Load(file).Integers("eos_token_id");
        IEnumerable<int> ids = listed ?? config.EosIds;
        return new GenerationDefaults([.. (tokenizerEos is { } eos ? ids.Append(eos) : ids).Distinct()]);
    }
}
