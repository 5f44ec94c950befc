using Attune.Data.Formats;
using Attune.Data.Selection;
using CsCheck;

namespace Attune.Data.Tests.Sources;

/// <summary>Whatever a file holds, it is read or refused with a message: no other exception, no hang.</summary>
public sealed class FuzzTests : IDisposable
{
    private static readonly string[] Shards =
    [
        "{\"text\": \"a\", \"label\": \"b\"}", "{\"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}", "[", "]", "{", "}", "\"", "\"\"", ",", "\t", ";",
        "\n", "\r\n", "\\", "\\ud800", "\uFEFF", "null", "1e999", "text,label\n", "a,b\n", "\"a\nb\",c\n", ":", " ", "{\"input_ids\": [1, 2], \"labels\": [1]}\n",
        "{\"conversations\": [{\"from\": \"human\", \"value\": 3}]}\n", "{\"instruction\": \"i\", \"output\": null}\n", "{\"instruction\": \"i\", \"output\": \"o\"}\n",
    ];

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(".jsonl")]
    [InlineData(".json")]
    [InlineData(".csv")]
    [InlineData(".tsv")]
    [InlineData(".txt")]
    [InlineData(".csv.gz")]
    public void Random_bytes_are_read_or_refused(string extension) =>
        Gen.Byte.Array[0, 300].Sample(bytes => ReadOrRefuse(extension, bytes), iter: 300, threads: 1);

    [Theory]
    [InlineData(".jsonl")]
    [InlineData(".json")]
    [InlineData(".csv")]
    [InlineData(".tsv")]
    public void Shuffled_pieces_of_files_are_read_or_refused(string extension) =>
        Gen.Int[0, Shards.Length - 1].Select(i => Shards[i]).Array[0, 12].Sample(
            pieces => ReadOrRefuse(extension, System.Text.Encoding.UTF8.GetBytes(string.Concat(pieces))), iter: 1500, threads: 1);

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var path = _scratch.Write("deep.jsonl", "{\"text\": " + new string('[', 100_000) + "\n");
        Assert.Throws<AttuneException>(() => DataSets.Load(new DataOptions { Train = path }));
    }

    private void ReadOrRefuse(string extension, byte[] bytes)
    {
        var path = _scratch.Write($"fuzz{extension}", bytes);
        foreach (var bad in Enum.GetValues<BadRows>())
        {
            try
            {
                var sets = DataSets.Load(new DataOptions { Train = path, BadRows = bad });
                Assert.NotEmpty(sets.Train.Rows);
                Assert.All(sets.Train.Rows, row => Assert.NotNull(row.DuplicateKey));
            }
            catch (AttuneException e)
            {
                Assert.True(e.Code is ExitCode.Data or ExitCode.Recipe, e.Message);
            }
        }
    }
}
