using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.Tokenizers.Training;

namespace Attune.Text.Tests.Tokenizers.Training;

/// <summary>Training runs of the reference: the same vocabulary in id order and the same merges, exactly.</summary>
public class BpeTrainerGoldenTests
{
    /// <summary>A prefix or suffix marks where in a word a token stands; Attune does not train such tokenizers.</summary>
    private static readonly string[] WithPrefixOrSuffix =
    [
        "continuing_subword_prefix", "end_of_word_suffix", "prefix_and_suffix", "prefix_with_max_token_length",
        "continuing_subword_prefix_alphabet_given", "end_of_word_suffix_alphabet_given", "prefix_and_suffix_alphabet_given",
        "prefix_with_max_token_length_alphabet_given",
    ];

    /// <summary>Other models.</summary>
    private static readonly string[] NotBpe =
        ["wordpiece_alphabet_given", "wordpiece_classic", "wordpiece_other_prefix", "wordlevel", "wordlevel_min_frequency"];

    [Fact]
    public void Every_case_of_plain_bpe_is_as_in_the_reference()
    {
        var differences = new List<string>();
        var left = new List<string>();
        var compared = 0;
        foreach (var record in TokenizerGoldens.Records("trainer_cases.jsonl"))
        {
            var name = record.GetProperty("name").GetString()!;
            if (WithPrefixOrSuffix.Contains(name) || NotBpe.Contains(name))
            {
                left.Add(name);
                continue;
            }

            var tokenizer = (JsonObject)JsonNode.Parse(record.GetProperty("tokenizer").GetRawText())!;
            var texts = record.GetProperty("corpus").EnumerateArray().Select(text => text.GetString()!);
            var trained = BpeTrainer.Train(texts, Options(tokenizer, record.GetProperty("args")));
            if (Difference(record.GetProperty("result"), trained) is { } difference) differences.Add($"{name}: {difference}");
            compared++;
        }

        TokenizerGoldens.AssertNone(differences, compared, 34);
        Assert.Equal(WithPrefixOrSuffix.Concat(NotBpe).Order(), left.Order());
    }

    [Fact]
    public void A_byte_level_tokenizer_is_written_as_the_reference_writes_it()
    {
        var training = Training("bpe_bytelevel_1k");
        var path = Goldens.Data(training.GetProperty("data").GetProperty("files")[0].GetString()!["data/".Length..]);
        var before = (JsonObject)JsonNode.Parse(training.GetProperty("before").GetRawText())!;
        var trained = BpeTrainer.Train(LinesWithEnds(path), Options(before, training.GetProperty("args")));
        var expected = JsonNode.Parse(TokenizerGoldens.TokenizerBytes("bpe_bytelevel_1k"))!;
        Assert.Equal(1_000, trained.Vocabulary.Count);
        Assert.True(JsonNode.DeepEquals(expected, trained.ToTokenizerJson()), "tokenizer.json differs");
        var ids = expected["model"]!["vocab"]!.AsObject().ToDictionary(token => token.Key, token => token.Value!.GetValue<int>());
        Assert.Equal(ids.OrderBy(token => token.Value).Select(token => token.Key), trained.Vocabulary);
    }

    [Fact]
    public void A_vocabulary_with_byte_tokens_is_learned_from_documents()
    {
        var training = Training("bpe_spm_bytefallback_2k");
        var (data, args) = (training.GetProperty("data"), training.GetProperty("args"));
        var path = Goldens.Data(data.GetProperty("file").GetString()!["data/".Length..]);
        var before = (JsonObject)JsonNode.Parse(training.GetProperty("before").GetRawText())!;
        var options = Options(before, args);
        var bytes = Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>");
        options = options with { SpecialTokens = [.. options.SpecialTokens.Where(token => !token.StartsWith("<0x", StringComparison.Ordinal) && token != "... to ..."), .. bytes] };
        var trained = BpeTrainer.Train(Documents(path).Take(data.GetProperty("count").GetInt32()), options);
        var model = JsonElement.Parse(File.ReadAllBytes(Goldens.Path("tokenizers/bpe_spm_bytefallback_2k/tokenizer.json"))).GetProperty("model");
        Assert.Equal(model.GetProperty("vocab").EnumerateObject().OrderBy(token => token.Value.GetInt32()).Select(token => token.Name), trained.Vocabulary);
        Assert.Equal(Merges(model), trained.Merges);
    }

    private static JsonElement Training(string family)
    {
        var families = JsonElement.Parse(File.ReadAllBytes(Goldens.Path("tokenizers/families.json")));
        return families.GetProperty(family).GetProperty("training");
    }

    private static BpeTrainerOptions Options(JsonObject tokenizer, JsonElement args)
    {
        var (normalizer, preTokenizer) = Stages((JsonObject?)tokenizer["normalizer"]?.DeepClone(), (JsonObject?)tokenizer["pre_tokenizer"]?.DeepClone());
        var options = new BpeTrainerOptions
        {
            VocabularySize = 30_000, InitialAlphabet = "", Normalizer = normalizer, PreTokenizer = preTokenizer,
        };
        foreach (var arg in args.EnumerateObject())
        {
            options = arg.Name switch
            {
                "vocab_size" => options with { VocabularySize = arg.Value.GetInt32() },
                "min_frequency" => options with { MinFrequency = arg.Value.GetInt32() },
                "special_tokens" => options with { SpecialTokens = Strings(arg.Value) },
                "initial_alphabet" => options with { InitialAlphabet = InitialAlphabet(arg.Value) },
                "limit_alphabet" => options with { LimitAlphabet = arg.Value.GetInt32() },
                "max_token_length" => options with { MaxTokenLength = arg.Value.GetInt32() },
                _ => throw new ArgumentException(arg.Name),
            };
        }

        return options;
    }

    // Two pre-tokenizers that Attune does not read are written with those that it does.
    private static (JsonObject? Normalizer, JsonObject? PreTokenizer) Stages(JsonObject? normalizer, JsonObject? preTokenizer) =>
        preTokenizer?["type"]?.GetValue<string>() switch
        {
            "Whitespace" => (normalizer, Split(@"\w+|[^\w\s]+", "Removed", invert: true)),
            "Metaspace" => (
                new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(Replace(@"\A ?", "▁"), Replace(" ", "▁")) },
                Split("▁", "MergedWithNext", invert: false)),
            _ => (normalizer, preTokenizer),
        };

    private static JsonObject Split(string pattern, string behavior, bool invert) => new()
    {
        ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = behavior, ["invert"] = invert,
    };

    private static JsonObject Replace(string pattern, string content) =>
        new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["content"] = content };

    // The reference takes the first character of each entry.
    private static string InitialAlphabet(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? BpeTrainerOptions.ByteCharacters
        : string.Concat(Strings(value).Select(entry => entry.EnumerateRunes().First()));

    private static string? Difference(JsonElement result, TrainedBpe trained)
    {
        var vocabulary = Strings(result.GetProperty("vocab"));
        if (!vocabulary.SequenceEqual(trained.Vocabulary)) return $"{string.Join(' ', trained.Vocabulary)}, expected {string.Join(' ', vocabulary)}";
        var merges = Merges(result);
        return merges.SequenceEqual(trained.Merges) ? null : $"{string.Join(' ', trained.Merges)}, expected {string.Join(' ', merges)}";
    }

    private static (string, string)[] Merges(JsonElement model) =>
        [.. model.GetProperty("merges").EnumerateArray().Select(merge => (merge[0].GetString()!, merge[1].GetString()!))];

    private static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetString()!)];

    private static IEnumerable<string> LinesWithEnds(string path)
    {
        var text = File.ReadAllText(path);
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf('\n', start) is >= 0 and var at ? at + 1 : text.Length;
            yield return text[start..end];
            start = end;
        }
    }

    private static IEnumerable<string> Documents(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line) yield return JsonElement.Parse(line).GetProperty("text").GetString()!;
    }
}
