using System.Text.Json.Nodes;
using Attune.Data.Corpus;
using Attune.Runs;

namespace Attune.Training.Pretraining;

/// <summary>What the documents of a run came to: <c>data/manifest.json</c>, written last, so that it stands for all of <c>data/</c> and <c>model/</c>.</summary>
public sealed record CorpusSummary
{
    /// <summary>Ids of the tokenizer.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The token before and after every document.</summary>
    public required int EosId { get; init; }

    /// <summary>The training documents.</summary>
    public required TokenFileSummary Train { get; init; }

    /// <summary>The validation documents; null: none.</summary>
    public required TokenFileSummary? Validation { get; init; }

    /// <summary>Training documents left out, by source.</summary>
    public required IReadOnlyDictionary<string, int> Excluded { get; init; }

    /// <summary>Training documents without text.</summary>
    public required int Empty { get; init; }

    /// <summary>Malformed lines left out.</summary>
    public required int BadRows { get; init; }

    /// <summary>Writes it.</summary>
    public void Write(string path) => JsonFile.Write(path, new JsonObject
    {
        ["vocabulary_size"] = VocabularySize,
        ["eos_id"] = EosId,
        ["train"] = Json(Train),
        ["validation"] = Validation is null ? null : Json(Validation),
        ["excluded"] = new JsonObject(Excluded.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
        ["empty"] = Empty,
        ["bad_rows"] = BadRows,
    });

    /// <summary>Reads it; null: there is none.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: damaged.</exception>
    public static CorpusSummary? Read(string path)
    {
        if (!File.Exists(path)) return null;
        var json = JsonFile.Read(path);
        try
        {
            return new CorpusSummary
            {
                VocabularySize = (int)json["vocabulary_size"]!,
                EosId = (int)json["eos_id"]!,
                Train = Part(json["train"]!),
                Validation = json["validation"] is { } validation ? Part(validation) : null,
                Excluded = json["excluded"]!.AsObject().ToDictionary(pair => pair.Key, pair => (int)pair.Value!),
                Empty = (int)json["empty"]!,
                BadRows = (int)json["bad_rows"]!,
            };
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or NullReferenceException)
        {
            throw new AttuneException(ExitCode.Run, $"{path} is damaged: a count is missing.", "Take the file out: the documents are then read again.", exception);
        }
    }

    private static JsonObject Json(TokenFileSummary part) => new()
    {
        ["documents"] = part.Documents,
        ["tokens"] = part.Tokens,
        ["text_bytes"] = part.TextBytes,
        ["hash"] = part.Hash,
    };

    private static TokenFileSummary Part(JsonNode json) =>
        new((int)json["documents"]!, (long)json["tokens"]!, (long)json["text_bytes"]!, (string)json["hash"]!);
}
