using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data.Batching;
using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Sources;
using Attune.Data.Tests.Formats;
using Attune.Text.Templates;

namespace Attune.Data.Tests.Preparation;

/// <summary>What TRL makes of small data sets (training/sft_data/cases.json).</summary>
internal static class ReferenceCases
{
    private static readonly Lazy<JsonNode> File = new(() => JsonNode.Parse(System.IO.File.ReadAllText(Goldens.Path("training/sft_data/cases.json")))!);

    public static void Compare(string name, int rows)
    {
        var expected = Reference(name);
        Assert.Equal(rows, expected.Count);
        Assert.Equal(expected, Prepared(Case(name)));
    }

    /// <summary>Rows as ids and labels; those without any label are dropped, as the reference does.</summary>
    public static List<string> Prepared(JsonNode found) =>
    [
        .. Rows(found).Select(row => Preparer(found).Prepare(row).Example)
            .Where(example => example.Labels.Any(label => label != Example.Ignored))
            .Select(example => Line(example.TokenIds, example.Labels)),
    ];

    public static RowPreparer Preparer(JsonNode found)
    {
        var settings = found["settings"]!;
        var isChat = found["rows"]![0]!.AsObject().Any(field => field.Value is JsonArray { Count: > 0 } list && list[0] is JsonObject);
        var name = (string)found["name"]!;
        var trainsAll = (bool?)settings["completion_only_loss"] == false || name is "chat" or "chat_from_value";
        var options = SmolLM2.Options with
        {
            TrainOn = trainsAll ? TrainOn.All : TrainOn.Assistant,
            MaxSequenceLength = settings.AsObject().ContainsKey("max_length") ? (int?)settings["max_length"] : 1024,
            TruncationMode = (string?)settings["truncation_mode"] == "keep_end" ? TruncationMode.KeepEnd : TruncationMode.KeepStart,
            EosToken = (string?)settings["eos_token"] ?? "<|im_end|>",
        };
        return new RowPreparer(SmolLM2.Tokenizer, isChat ? SmolLM2.Format(Template(found)) : null, options);
    }

    private static string Template(JsonNode found) =>
        (string?)found["chat_template"] is { } named ? (string)File.Value["chat_templates"]![named]!
        : (string)found["name"]! == "chat_assistant_only_no_markers" ? SmolLM2.OwnTemplate
        : (string)File.Value["chat_templates"]!["training"]!;

    public static IReadOnlyList<DataRow> Rows(JsonNode found)
    {
        var table = FormatDetectionTests.Table([.. found["rows"]!.AsArray().Select(row => row!.ToJsonString())]);
        return new RowReader(FormatDetection.Detect(table, new DataOptions()), new DataOptions(), new BadRowLog(BadRows.Stop)).Read(table.Rows);
    }

    public static JsonNode Case(string name) => File.Value["cases"]!.AsArray().First(found => (string)found!["name"]! == name)!;

    public static List<string> Reference(string name) =>
        [.. Case(name)["prepared"]!.AsArray().Select(row => Line(row!["input_ids"].Deserialize<int[]>()!, row["labels"].Deserialize<int[]>()!))];

    public static string Line(IEnumerable<int> ids, IEnumerable<int> labels) => $"{string.Join(' ', ids)} | {string.Join(' ', labels)}";
}
