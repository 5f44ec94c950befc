using System.IO.Compression;
using Attune.Evaluation.Texts;

namespace Attune.Evaluation.Tests.Texts;

public sealed class TextFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("attune-texts").FullName;

    [Fact]
    public void A_text_file_is_one_document_with_every_byte()
    {
        const string Text = " \n = Heading = \r\n\n Größe <unk> \n\n";
        var document = Assert.Single(TextFile.Read(Write("a.txt", Text)));
        Assert.Equal((Text, "a.txt"), (document.Text, document.Source));
        Assert.Equal(Text, Assert.Single(TextFile.Read(Write("b.md.gz", Text))).Text);
    }

    [Fact]
    public void A_line_of_jsonl_is_a_document_and_says_where_it_comes_from()
    {
        var file = Write("c.jsonl.gz", "{\"text\": \"one\\n\", \"src\": \"x\"}\n{\"text\": \"two\", \"src\": \"y\"}\n");
        Assert.Equal([("one\n", "x"), ("two", "y")], TextFile.Read(file, sourceColumn: "src").Select(document => (document.Text, document.Source!)));
    }

    [Theory]
    [InlineData("d.csv", "text\nx\n", ".txt")]
    [InlineData("e.txt", " \n", "no text")]
    [InlineData("f.jsonl", "{\"body\": \"x\"}\n", "'text'")]
    public void What_is_wrong_is_told_with_the_file(string name, string text, string problem)
    {
        var error = Assert.Throws<AttuneException>(() => TextFile.Read(Write(name, text)));
        Assert.Equal(ExitCode.Data, error.Code);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_placed()
    {
        var path = Path.Combine(_folder, "g.txt");
        File.WriteAllBytes(path, [.. "ab"u8, 0xff, .. "c"u8]);
        Assert.Contains("byte 3", Assert.Throws<AttuneException>(() => TextFile.Read(path)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        using Stream file = File.Create(path);
        using var stream = name.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionLevel.Fastest) : file;
        stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return path;
    }
}
