using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data.Preparation;
using Attune.Data.Selection;
using Attune.Data.Sources;

namespace Attune.Data.Tests.Preparation;

/// <summary>The rows of the reference run on SmolLM2 (training/smollm2_lora), from the public file to ids and labels.</summary>
public sealed class BankingRowsTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_160_training_rows_equal_the_reference()
    {
        var source = RowFile.Read(Goldens.Data("banking77/train.csv"), new DataOptions(), new BadRowLog(BadRows.Stop)).Rows;
        var expected = Golden("train_rows.jsonl");
        var rows = expected.Select(row => source[(int)row["source_row"]!].Fields)
            .Select(fields => ((string)fields["text"]!, ((string)fields["category"]!).Replace('_', ' ').ToLowerInvariant()));
        Assert.Equal(160, expected.Count);
        Equal(expected, rows);
    }

    [Fact]
    public void The_32_validation_rows_equal_the_reference()
    {
        var expected = Golden("validation_rows.jsonl");
        var rows = expected.Select(row => SmolLM2.Tokenizer.Decode(row["input_ids"].Deserialize<int[]>()!, skipSpecialTokens: false))
            .Select(text => text.Split("<|im_end|>\n<|im_start|>user\n")[1].Split("<|im_end|>\n<|im_start|>assistant\n"))
            .Select(turns => (turns[0], turns[1].Replace("<|im_end|>\n", "")));
        Assert.Equal(32, expected.Count);
        Equal(expected, rows);
    }

    [Fact]
    public void Every_label_is_a_candidate_with_the_same_prompt()
    {
        var preparer = Preparer();
        var sets = Sets([("Where is my card?", "card arrival"), ("Top up failed", "top up failed")]);
        var candidates = LabelCandidates.Of(sets.Train.Rows[0], sets.Labels, preparer);
        Assert.Equal(["card arrival<|im_end|>", "top up failed<|im_end|>"], candidates.Select(Trained));
        Assert.Equal(preparer.Prepare(sets.Train.Rows[0]).Example.TokenIds, candidates[0].TokenIds);
    }

    private static string Trained(Example example) =>
        SmolLM2.Tokenizer.Decode([.. example.Labels.Where(label => label != Example.Ignored)], skipSpecialTokens: false);

    private void Equal(List<JsonNode> expected, IEnumerable<(string Text, string Label)> rows)
    {
        var data = DataPreparation.Prepare(Sets(rows), Preparer(), BadRows.Stop);
        Assert.DoesNotContain(data.Findings, finding => finding.Stops);
        Assert.Equal(expected.Count, data.Train.Examples.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i]["input_ids"].Deserialize<int[]>(), data.Train.Examples[i].TokenIds);
            Assert.Equal(expected[i]["labels"].Deserialize<int[]>(), data.Train.Examples[i].Labels);
        }
    }

    private DataSets Sets(IEnumerable<(string Text, string Label)> rows)
    {
        var lines = rows.Select(row => new JsonObject { ["text"] = row.Text, ["label"] = row.Label }.ToJsonString());
        return DataSets.Load(new DataOptions
        {
            Train = _scratch.Write("rows.jsonl", string.Join('\n', lines)),
            System = "Name the intent of the customer's message.",
            Prompt = "{text}",
        });
    }

    private static RowPreparer Preparer()
    {
        var example = JsonNode.Parse(File.ReadAllText(Goldens.Path("training/smollm2_lora/example.json")))!;
        return new RowPreparer(SmolLM2.Tokenizer, SmolLM2.Format((string)example["training_template"]!), SmolLM2.Options with { MaxSequenceLength = 1024 });
    }

    private static List<JsonNode> Golden(string name) =>
        [.. File.ReadLines(Goldens.Path($"training/smollm2_lora/{name}")).Select(line => JsonNode.Parse(line)!)];
}
