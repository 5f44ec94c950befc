using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Attune.Text.Tokenizers.Training;

/// <summary>What <see cref="BpeTrainer"/> learned.</summary>
/// <param name="Vocabulary">The tokens by id: special tokens, the alphabet in code point order, what merges give.</param>
/// <param name="Merges">The merges by rank, each pair once.</param>
/// <param name="Options">What it was trained with.</param>
public sealed record TrainedBpe(
    IReadOnlyList<string> Vocabulary, IReadOnlyList<(string Left, string Right)> Merges, BpeTrainerOptions Options)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The content of tokenizer.json.</summary>
    public JsonObject ToTokenizerJson()
    {
        var vocabulary = new JsonObject();
        for (var id = 0; id < Vocabulary.Count; id++) vocabulary.Add(Vocabulary[id], id);
        return TokenizerJsonObjects.Tokenizer(
            Options.SpecialTokens.Select((token, id) => TokenizerJsonObjects.AddedToken(id, token, special: true)),
            normalizer: (JsonObject?)Options.Normalizer?.DeepClone(),
            preTokenizer: (JsonObject?)Options.PreTokenizer?.DeepClone(),
            postProcessor: Options.BosToken is { } bos ? TokenizerJsonObjects.Frame((Options.SpecialTokens.ToList().IndexOf(bos), bos), eos: null) : null,
            decoder: WordSplitter.Read(Options).OverBytes ? TokenizerJsonObjects.ByteLevel(addPrefixSpace: true, useRegex: true) : null,
            model: TokenizerJsonObjects.Model(vocabulary, Merges.Select(merge => new JsonArray(merge.Left, merge.Right)), ignoreMerges: false));
    }

    /// <summary>Writes tokenizer.json; <see cref="TokenizerJson.Load"/> reads it, with the same ids.</summary>
    /// <exception cref="IOException">Disk full, no permission. An old file is then untouched.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToTokenizerJson().ToJsonString(Indented) + "\n");
}
