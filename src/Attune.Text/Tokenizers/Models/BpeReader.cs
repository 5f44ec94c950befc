using System.Text.Json;

namespace Attune.Text.Tokenizers.Models;

/// <summary>Reads the model "BPE" of tokenizer.json straight from its bytes: vocabularies are large.</summary>
internal static class BpeReader
{
    /// <summary>Reads the model.</summary>
    /// <param name="fields">The fields of the object "model" as JSON.</param>
    /// <param name="options">Its options.</param>
    /// <param name="overBytes">Whether the bytes of a piece are the symbols.</param>
    /// <param name="file">The file's path, for errors.</param>
    public static BpeModel Read(
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>> fields, BpeOptions options, bool overBytes, string file)
    {
        if (!fields.TryGetValue("vocab", out var vocabularyJson)) throw Error(file, "\"vocab\" is missing.");
        if (!fields.TryGetValue("merges", out var mergesJson)) throw Error(file, "\"merges\" is missing.");
        var vocabulary = ReadVocabulary(vocabularyJson.Span, file);
        var merges = ReadMerges(mergesJson.Span, vocabulary, options.ContinuingSubwordPrefix.Length, file);
        return new BpeModel(vocabulary, merges, options, overBytes, file);
    }

    /// <summary>The options alone: whether bytes are the symbols depends on them.</summary>
    public static BpeOptions ReadOptions(Component component)
    {
        RequireNoDropout(component);
        return new BpeOptions
        {
            UnknownToken = component.OptionalText("unk_token"),
            ContinuingSubwordPrefix = component.OptionalText("continuing_subword_prefix") ?? "",
            EndOfWordSuffix = component.OptionalText("end_of_word_suffix") ?? "",
            FuseUnknown = component.Flag("fuse_unk", absent: false),
            ByteFallback = component.Flag("byte_fallback", absent: false),
            IgnoreMerges = component.Flag("ignore_merges", absent: false),
        };
    }

    // Dropout leaves merges out at random; only 0 (or none) gives the same ids every time.
    private static void RequireNoDropout(Component model)
    {
        if (!model.Json.TryGetProperty("dropout", out var dropout) || dropout.ValueKind == JsonValueKind.Null) return;
        if (dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0) return;
        throw model.Error($"\"dropout\" is {dropout.GetRawText()}, expected null or 0.", "Set it to null in the file.");
    }

    private static Vocabulary ReadVocabulary(ReadOnlySpan<byte> json, string file)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Error(file, "\"vocab\" is not an object of tokens and ids.");
        var vocabulary = new Vocabulary(json.Length / 24);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var token = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id) || id < 0)
                throw Error(file, $"the id of \"{token}\" is not a whole number from 0 on.");
            if (!vocabulary.Add(token, id))
                throw Error(file, $"the id {id} of \"{token}\" lies far beyond the number of tokens.");
        }

        return vocabulary;
    }

    private static MergeTable ReadMerges(ReadOnlySpan<byte> json, Vocabulary vocabulary, int prefix, string file)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) throw Error(file, "\"merges\" is not a list.");
        var merges = new MergeTable(json.Length / 20);
        var list = new MergeList(vocabulary, merges, prefix, file);
        bool? pairs = null;
        var buffer = new char[256];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var isPair = reader.TokenType == JsonTokenType.StartArray;
            if ((pairs ??= isPair) != isPair) throw list.Error("is of another form than the ones before");
            if (isPair)
            {
                var left = ReadText(ref reader, ref buffer, 0, list);
                var both = left + ReadText(ref reader, ref buffer, left, list);
                list.Add(buffer.AsSpan(0, both), left);
                if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw list.Error("is not a pair of strings");
            }
            else
            {
                var length = CopyText(ref reader, ref buffer, 0, list);
                list.AddJoined(buffer, length);
            }
        }

        return merges;
    }

    private static int ReadText(ref Utf8JsonReader reader, ref char[] buffer, int at, MergeList list)
    {
        reader.Read();
        return CopyText(ref reader, ref buffer, at, list);
    }

    private static int CopyText(ref Utf8JsonReader reader, ref char[] buffer, int at, MergeList list)
    {
        if (reader.TokenType != JsonTokenType.String) throw list.Error("is not a pair of strings");
        if (buffer.Length < at + reader.ValueSpan.Length) Array.Resize(ref buffer, (at + reader.ValueSpan.Length) * 2);
        return reader.CopyString(buffer.AsSpan(at));
    }

    private static AttuneException Error(string file, string problem) => new(ExitCode.Model, $"{file}: model: {problem}");
}
