using Attune.Data.Sources;

namespace Attune.Data.Tests.Sources;

public sealed class RowFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a.jsonl", "{\"text\": \"one\"}\n\n{\"text\": \"two\"}\n", 1, 3)]
    [InlineData("a.jsonl.gz", "{\"text\": \"one\"}\r\n{\"text\": \"two\"}", 1, 2)]
    [InlineData("a.jsonl", "\uFEFF{\"text\": \"one\"}\n{\"text\": \"two\"}", 1, 2)]
    [InlineData("a.json", "[\n {\"text\": \"one\"},\n {\"text\":\n \"two\"}\n]\n", 2, 3)]
    [InlineData("a.json", "\uFEFF[{\"text\": \"one\"},{\"text\": \"two\"}]", 1, 1)]
    [InlineData("a.json", "{\"text\": \"one\"}\n{\"text\": \"two\"}\n", 1, 2)]
    [InlineData("a.txt", "one\r\n\r\n  \ntwo", 1, 4)]
    [InlineData("a.csv", "text,n\none,1\n\n\"two\",2\n", 2, 4)]
    [InlineData("a.tsv.gz", "text\tn\none\t1\ntwo\t2\n", 2, 3)]
    [InlineData("a.csv", "text;n\none;1\ntwo;2\n", 2, 3)]
    public void Every_kind_gives_rows_that_know_their_line(string name, string content, int first, int second)
    {
        var path = _scratch.Write(name, content);
        var table = Read(path);
        Assert.Equal(["one", "two"], table.Rows.Select(row => (string?)row.Fields["text"]));
        Assert.Equal([new RowOrigin(path, first), new RowOrigin(path, second)], table.Rows.Select(row => row.Origin));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"text\": 1}\n{\"text\": ", "line 2", "not valid JSON")]
    [InlineData("a.jsonl", "{\"text\": 1}\n[1]\n", "line 2", "found an array")]
    [InlineData("a.jsonl", "{\"text\": \"a\", \"text\": \"b\"}\n", "line 1", "not valid JSON")]
    [InlineData("a.jsonl", "{\"text\": \"\\ud800\"}\n", "line 1", "surrogate")]
    [InlineData("a.json", "[{\"text\": \"a\"},\n7]", "line 2", "found a number")]
    [InlineData("a.json", "[{\"text\": \"a\"},\n{\"text\" \"b\"}]", "line 2", "not valid JSON")]
    [InlineData("a.json", "[{\"text\": \"a\"}\n", "line 2", "not valid JSON")]
    [InlineData("a.json", "\"text\"", "line 1", "expected an array")]
    [InlineData("a.csv", "text,label\na,b\nc\n", "line 3", "1 field where there are 2 columns")]
    [InlineData("a.csv", "text,label\na,b,c\n", "line 2", "3 fields where there are 2 columns")]
    [InlineData("a.csv", "text,label\n\"a,b\nc,d\n", "line 2", "never closed")]
    [InlineData("a.csv", "text,label\n\"a\"x,b\n", "line 2", "after the closing quotation mark")]
    [InlineData("a.csv", "text,label\na \"b\" c,d\n", "line 2", "quotation mark inside field 1")]
    [InlineData("a.csv", "text,text\na,b\n", "line 1", "two columns are named 'text'")]
    [InlineData("a.tsv", "ham\tone\nham\ttwo\tthree\nspam\tfour", "line 2", "3 fields")]
    [InlineData("a.csv", "", "a.csv", "empty")]
    [InlineData("a.jsonl", "\n\n", "a.jsonl", "empty")]
    [InlineData("a.json", "[]", "a.json", "empty")]
    [InlineData("a.csv", "text,label\n", "a.csv", "header and no row")]
    [InlineData("a.parquet", "x", "a.parquet", ".jsonl")]
    public void A_malformed_file_stops_with_its_place_and_the_reason(string name, string content, string place, string reason)
    {
        var path = _scratch.Write(name, content);
        var e = Assert.Throws<AttuneException>(() => Read(path));
        Assert.Equal(ExitCode.Data, e.Code);
        Assert.Contains(path, e.Message);
        Assert.Contains(place, e.Message);
        Assert.Contains(reason, e.Message);
    }

    [Fact]
    public void Malformed_rows_are_left_out_and_listed_where_the_recipe_says_skip()
    {
        var path = _scratch.Write("a.jsonl", "{\"text\": \"a\"}\nnonsense\n{\"text\": \"b\"}\n7\n");
        var bad = new BadRowLog(BadRows.Skip);
        var table = RowFile.Read(path, new DataOptions(), bad);
        Assert.Equal(2, table.Rows.Count);
        Assert.Equal([2, 4], bad.Rows.Select(row => row.Line));
    }

    [Fact]
    public void Invalid_UTF8_is_named_by_line_and_reading_goes_on()
    {
        var path = _scratch.Write("a.txt", [.. "good\nb"u8, 0xFF, .. "d\ngood"u8]);
        var e = Assert.Throws<AttuneException>(() => Read(path));
        Assert.Contains("line 2: byte 2 of the line is not valid UTF-8", e.Message);
        var bad = new BadRowLog(BadRows.Skip);
        Assert.Equal([1, 3], RowFile.Read(path, new DataOptions(), bad).Rows.Select(row => row.Origin.Line));
        Assert.Equal(2, Assert.Single(bad.Rows).Line);
    }

    [Fact]
    public void A_line_beyond_the_limit_is_malformed_and_the_next_one_is_read()
    {
        var path = _scratch.Write("a.txt", new string('x', SourceLimits.LineBytes + 1) + "\nshort\n");
        var bad = new BadRowLog(BadRows.Skip);
        Assert.Equal("short", (string?)Assert.Single(RowFile.Read(path, new DataOptions(), bad).Rows).Fields["text"]);
        Assert.Contains("longer than", Assert.Single(bad.Rows).Reason);
    }

    [Fact]
    public void A_gzip_bomb_stops_early()
    {
        var path = _scratch.Write("a.txt.gz", new byte[64 << 20]); // packs about 1000 times
        var e = Assert.Throws<AttuneException>(() => Read(path));
        Assert.Contains("unpacks to more than", e.Message);
    }

    [Fact]
    public void A_damaged_gzip_file_is_named()
    {
        var path = _scratch.Write("a.bin", "no gzip"u8.ToArray());
        File.Move(path, path = Path.Combine(_scratch.Folder, "a.txt.gz"));
        Assert.Contains("is not a whole gzip file", Assert.Throws<AttuneException>(() => Read(path)).Message);
    }

    [Theory]
    [InlineData("banking77/train.csv", "banking77", "train.csv and test.csv")]
    [InlineData("sms-spam/sms.tsv", "sms-spam", "--data FOLDER")]
    [InlineData("data/rt-polarity", "rt-polarity", "pos.txt and neg.txt")]
    [InlineData("mine.jsonl", "mine.jsonl", "Relative paths count from the current directory")]
    public void A_missing_file_is_named_with_what_to_do(string path, string named, string hint)
    {
        var e = Assert.Throws<AttuneException>(() => Read(path));
        Assert.Equal(ExitCode.Data, e.Code);
        Assert.Contains(path, e.Message);
        Assert.Contains(named, e.Message + e.Hint);
        Assert.Contains(hint, e.Hint);
    }

    [Fact]
    public void Quoted_fields_hold_delimiters_quotation_marks_and_line_breaks()
    {
        var path = _scratch.Write("a.csv", "text,label\r\n\"a, \"\"b\"\"\r\nc\",x\r\n\"\",\"\"\r\nd,e\r\n");
        var rows = Read(path).Rows;
        Assert.Equal(["a, \"b\"\r\nc", "", "d"], rows.Select(row => (string?)row.Fields["text"]));
        Assert.Equal(["x", "", "e"], rows.Select(row => (string?)row.Fields["label"]));
        Assert.Equal([2, 4, 5], rows.Select(row => row.Origin.Line));
    }

    [Theory]
    [InlineData("text,label\na,x\nb,y\n", true)]
    [InlineData("goal,target\na,x\nb,y\n", true)]
    [InlineData("ham,hello there\nspam,buy now!\nham,see you\n", false)]
    [InlineData("1,2\n3,4\n", false)]
    [InlineData("What is this?,question\nIt is.,answer\n", false)]
    public void A_header_is_told_from_a_first_row(string content, bool header)
    {
        var table = Read(_scratch.Write("a.csv", content));
        Assert.Equal(header, table.Columns[0] != "0");
    }

    [Fact]
    public void What_the_recipe_says_about_header_and_quoting_is_obeyed()
    {
        var path = _scratch.Write("a.csv", "text,label\n\"a,b\n");
        var table = RowFile.Read(path, new DataOptions { Header = false, Quoting = false }, new BadRowLog(BadRows.Stop));
        Assert.Equal(["0", "1"], table.Columns);
        Assert.Equal("\"a", (string?)table.Rows[1].Fields["0"]);
    }

    private static SourceTable Read(string path) => RowFile.Read(path, new DataOptions(), new BadRowLog(BadRows.Stop));
}
