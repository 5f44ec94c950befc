using Attune.Data.Corpus;

namespace Attune.Data.Tests.Corpus;

public sealed class CorpusFilesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public void A_pattern_takes_files_by_name_and_each_file_once()
    {
        foreach (var name in new[] { "b.txt", "a.txt", "c.md", "d.jsonl.gz" }) _scratch.Write(name, "x");
        var files = CorpusFiles.Find(new CorpusOptions { Train = [Full("c.md"), Full("*.txt"), Full("?.md"), Full("*.jsonl.gz")] });
        Assert.Equal(["c.md", "a.txt", "b.txt", "d.jsonl.gz"], files.Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("*.md", "no file fits")]
    [InlineData("*/a.txt", "* or ? in a folder's name")]
    [InlineData("gone.txt", "gone.txt is not there")]
    [InlineData("table.csv", "files of kind '.csv' hold no documents; known are .jsonl, .txt, .md")]
    [InlineData(".", "is a folder; expected a file")]
    public void What_cannot_be_read_is_told_before_anything_is(string name, string message)
    {
        _scratch.Write("a.txt", "x");
        _scratch.Write("table.csv", "x");
        var error = Assert.Throws<AttuneException>(() => CorpusFiles.Find(new CorpusOptions { Train = [Full(name)] }));
        Assert.Equal(ExitCode.Data, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_validation_file_is_not_among_those_trained_on()
    {
        _scratch.Write("a.txt", "x");
        _scratch.Write("valid.txt", "x");
        var error = Assert.Throws<AttuneException>(() => CorpusFiles.Find(new CorpusOptions { Train = [Full("*.txt")], Validation = Full("valid.txt") }));
        Assert.Contains("valid.txt is the validation file and among those of data.train", error.Message, StringComparison.Ordinal);
        Assert.Single(CorpusFiles.Find(new CorpusOptions { Train = [Full("a.txt")], Validation = Full("valid.txt") }));
    }

    public void Dispose() => _scratch.Dispose();

    private string Full(string name) => Path.Combine(_scratch.Folder, name);
}
