using Attune.Data.Corpus;
using Attune.Data.Sources;

namespace Attune.Data.Tests.Corpus;

public sealed class DocumentReaderTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("d.jsonl")]
    [InlineData("d.jsonl.gz")]
    public void A_line_is_a_document_packed_or_not(string name)
    {
        var path = _scratch.Write(name, "{\"text\": \"one\\n\\ntwo\", \"source\": \"s\"}\n\n{\"text\": \"é\", \"n\": 1}\n");
        var reader = new DocumentReader([path], new CorpusOptions());
        Assert.Equal([new Document("one\n\ntwo", "s", new RowOrigin(path, 1)), new Document("é", null, new RowOrigin(path, 3))], reader.Read());
        Assert.Equal((2, 10L), (reader.Documents, reader.Bytes));
    }

    [Fact]
    public void A_text_file_is_a_document_and_its_name_the_source()
    {
        var (first, second) = (_scratch.Write("a.txt", "one\r\n\r\ntwo\n"), _scratch.Write("b.md.gz", "# three"));
        Document[] documents = [.. new DocumentReader([first, second], new CorpusOptions()).Read()];
        Assert.Equal([("one\n\ntwo", "a.txt"), ("# three", "b.md.gz")], documents.Select(document => (document.Text, document.Source)));
    }

    [Fact]
    public void A_long_text_file_ends_a_document_at_an_empty_line()
    {
        var paragraph = new string('x', DocumentFile.LongDocument / 2 + 10);
        var path = _scratch.Write("long.txt", $"{paragraph}\n\n{paragraph}\n{paragraph}\n\nend\n");
        Document[] documents = [.. new DocumentReader([path], new CorpusOptions()).Read()];
        Assert.Equal([$"{paragraph}\n\n{paragraph}\n{paragraph}", "end"], documents.Select(document => document.Text));
        Assert.Equal([1, 6], documents.Select(document => document.Origin.Line));
    }

    [Fact]
    public void Documents_of_excluded_sources_and_empty_ones_are_left_out_and_counted()
    {
        var lines = _scratch.Write("d.jsonl", Line("a", "good") + Line("b", "bad") + Line(" \\n", "good") + Line("c", "bad") + Line("d", "7"));
        var text = _scratch.Write("old.txt", "old");
        var reader = new DocumentReader([lines, text], new CorpusOptions { Exclude = ["bad", "old.txt"] });
        Assert.Equal(["a", "d"], reader.Read().Select(document => document.Text));
        Assert.Equal((2, 1, 2, 1), (reader.Documents, reader.Empty, reader.Excluded["bad"], reader.Excluded["old.txt"]));
    }

    [Fact]
    public void An_excluded_source_that_does_not_occur_is_a_mistake()
    {
        var path = _scratch.Write("d.jsonl", Line("a", "good"));
        var error = Error(path, new CorpusOptions { Exclude = ["bda"] });
        Assert.Contains("data.exclude names 'bda', and no document has this source under 'source'", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"text\": 1}", "line 2: there is no text under 'text'; the line has text.")]
    [InlineData("{\"body\": \"x\"}", "line 2: there is no text under 'text'; the line has body.")]
    [InlineData("{\"text\": \"x\"}", "line 2: there is no source under 'source' (data.source_column), which data.exclude needs.")]
    [InlineData("{\"text\": ", "line 2: not valid JSON")]
    [InlineData("[]", "line 2: expected a JSON object, found an array")]
    public void A_malformed_line_is_told_with_its_place_or_left_out(string line, string message)
    {
        var path = _scratch.Write("d.jsonl", Line("a", "bad") + line + "\n" + Line("b", "good"));
        var options = new CorpusOptions { Exclude = ["bad"] };
        var error = Assert.Throws<AttuneException>(() => new DocumentReader([path], options).Read().Count());
        Assert.Contains($"{path} {message}", error.Message, StringComparison.Ordinal);
        Assert.Contains("data.text_column", error.Hint, StringComparison.Ordinal);

        var reader = new DocumentReader([path], options with { BadRows = BadRows.Skip });
        Assert.Equal(["b"], reader.Read().Select(document => document.Text));
        Assert.Equal(2, Assert.Single(reader.BadRows).Line);
    }

    [Fact]
    public void Text_that_is_no_UTF8_is_told_with_its_place() =>
        Assert.Contains("bytes.txt line 2: byte 1 of the line is not valid UTF-8", Error(_scratch.Write("bytes.txt", [(byte)'a', (byte)'\n', 0xFF]), new()), StringComparison.Ordinal);

    [Fact]
    public void A_packed_file_that_is_none_is_told() =>
        Assert.Contains("is not a whole gzip file", Error(Renamed("x.txt", "x.txt.gz"), new()), StringComparison.Ordinal);

    [Fact]
    public void Files_without_any_text_are_told() =>
        Assert.Contains("empty.txt holds no document with text", Error(_scratch.Write("empty.txt", "\n \n"), new()), StringComparison.Ordinal);

    public void Dispose() => _scratch.Dispose();

    private static string Line(string text, string source) => $"{{\"text\": \"{text}\", \"source\": \"{source}\"}}\n";

    private static string Error(string path, CorpusOptions options)
    {
        var error = Assert.Throws<AttuneException>(() => new DocumentReader([path], options).Read().Count());
        Assert.Equal(ExitCode.Data, error.Code);
        return error.Message;
    }

    private string Renamed(string from, string to)
    {
        var path = Path.Combine(_scratch.Folder, to);
        File.Move(_scratch.Write(from, "plain text"), path);
        return path;
    }
}
