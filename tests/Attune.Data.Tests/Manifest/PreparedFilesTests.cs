using System.Text.Json.Nodes;
using Attune.Data.Manifest;
using Attune.Data.Preparation;
using Attune.Data.Selection;
using Attune.Data.Tests.Preparation;

namespace Attune.Data.Tests.Manifest;

public sealed class PreparedFilesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Prepared_rows_are_read_again_as_they_were_written()
    {
        var (data, folder) = Written();
        var again = DataSets.Load(new DataOptions { Train = Path.Combine(folder, "train.jsonl") });
        var prepared = DataPreparation.Prepare(again, new RowPreparer(SmolLM2.Tokenizer, null, SmolLM2.Options), BadRows.Stop);
        Assert.Equal(2, prepared.Train.Examples.Count);
        Assert.Equal(data.Train.Examples.Select(example => string.Join(' ', example.TokenIds)), prepared.Train.Examples.Select(example => string.Join(' ', example.TokenIds)));
        Assert.Equal(data.Train.Examples.Select(example => string.Join(' ', example.Labels)), prepared.Train.Examples.Select(example => string.Join(' ', example.Labels)));
        Assert.Single(File.ReadAllLines(Path.Combine(folder, "test.jsonl")));
        Assert.Equal(3, Directory.GetFiles(folder).Length);
    }

    [Fact]
    public void The_manifest_holds_hashes_counts_and_every_row_left_out_with_the_reason()
    {
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Written().Folder, "manifest.json")))!;
        var source = manifest["sources"]![0]!;
        Assert.Equal((4, 4), ((int)source["rows_read"]!, (int)source["rows_used"]!)); // the fifth line is no JSON
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Content)), (string?)source["files"]![0]!["sha256"]);
        Assert.Equal(["train", "test"], manifest["parts"]!.AsArray().Select(part => (string?)part!["name"]));
        Assert.Equal(2, (int)manifest["parts"]![0]!["examples"]!);
        Assert.Equal("prompt_completion", (string?)manifest["mapping"]!["format"]);
        var removed = manifest["removed"]!.AsArray();
        Assert.Equal(2, removed.Count);
        Assert.Equal((3, null), ((int)removed[0]!["line"]!, (string?)removed[0]!["part"]));
        Assert.Contains("not valid JSON", (string?)removed[0]!["reason"]);
        Assert.Contains("after cutting", (string?)removed[1]!["reason"]);
    }

    private static byte[] Content => """
        {"prompt": "a", "completion": " b"}
        {"prompt": "c", "completion": " d"}
        nonsense
        {"prompt": "one two three four five six seven eight", "completion": " d"}
        {"prompt": "é", "completion": " f"}
        """u8.ToArray();

    private (PreparedData Data, string Folder) Written()
    {
        var options = new DataOptions
        {
            Train = _scratch.Write("rows.jsonl", Content), BadRows = BadRows.Skip, Split = new SplitOptions { Test = 1, Seed = 3 },
        };
        var sets = DataSets.Load(options);
        var data = DataPreparation.Prepare(sets, new RowPreparer(SmolLM2.Tokenizer, null, SmolLM2.Options with { MaxSequenceLength = 6 }), BadRows.Skip);
        var folder = Path.Combine(_scratch.Folder, "data");
        PreparedFiles.Write(folder, data);
        return (data, folder);
    }
}
