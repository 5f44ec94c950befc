using System.IO.Compression;

namespace Attune.Cli.Tests.Mistakes;

public sealed class DataMistakes : IDisposable
{
    private readonly Workshop _workshop = new();

    [Fact]
    public void A_file_that_is_not_there() => Expect.Mistake(_workshop.Train("--data", "gone.jsonl"), ExitCode.Data, "gone.jsonl");

    [Fact]
    public void A_public_set_that_is_not_there_is_explained() =>
        Expect.Mistake(_workshop.Train("--data", "banking77/train.csv"), ExitCode.Data, "banking77/train.csv", "--data");

    [Fact]
    public void An_empty_file() => Expect.Mistake(_workshop.Write("data.jsonl", "").Train(), ExitCode.Data, "data.jsonl", "empty");

    [Fact]
    public void Bad_JSON_in_row_17()
    {
        var lines = Workshop.Rows(24).Split('\n');
        lines[16] = "{\"text\": \"half";
        Expect.Mistake(_workshop.Write("data.jsonl", string.Join('\n', lines)).Train(), ExitCode.Data, "data.jsonl line 17");
    }

    [Fact]
    public void A_column_that_is_not_there() =>
        Expect.Mistake(_workshop.Train("--set", "data.columns={text: body, label: label}"), ExitCode.Data, "body", "text");

    [Fact]
    public void A_row_without_its_label() =>
        Expect.Mistake(_workshop.Write("data.jsonl", Workshop.Rows(24) + "{\"text\": \"no label\"}\n").Train(), ExitCode.Data, "data.jsonl line 25", "label");

    [Fact]
    public void Bytes_that_are_not_UTF8()
    {
        File.WriteAllBytes(_workshop.PathOf("data.jsonl"), [.. "{\"text\": \"a"u8, 0xff, 0xfe, .. "\", \"label\": \"x\"}\n"u8]);
        Expect.Mistake(_workshop.Train(), ExitCode.Data, "data.jsonl line 1", "UTF-8");
    }

    [Fact]
    public void A_table_row_with_too_many_fields()
    {
        _workshop.Write("data.csv", "text,label\nWhere is it?,delivery\nToo,many,fields\n");
        Expect.Mistake(_workshop.Train("--data", "data.csv"), ExitCode.Data, "data.csv line 3");
    }

    [Fact]
    public void A_file_type_that_is_not_read() =>
        Expect.Mistake(_workshop.Write("data.xlsx", "x").Train("--data", "data.xlsx"), ExitCode.Data, "data.xlsx", ".jsonl");

    [Fact]
    public void A_damaged_archive()
    {
        File.WriteAllBytes(_workshop.PathOf("data.jsonl.gz"), Compressed("{\"text\": \"a\", \"label\": \"b\"}\n")[..20]);
        Expect.Mistake(_workshop.Train("--data", "data.jsonl.gz"), ExitCode.Data, "data.jsonl.gz");
    }

    [Fact]
    public void A_label_that_no_row_has() =>
        Expect.Mistake(_workshop.Train("--set", "data.labels=[refund]"), ExitCode.Data, "refund", "delivery");

    [Fact]
    public void A_split_that_leaves_nothing_to_train_on() =>
        Expect.Mistake(_workshop.Train("--set", "data.split.test=40"), ExitCode.Data, "24");

    [Fact]
    public void A_conversation_with_an_unknown_speaker()
    {
        _workshop.Write("chat.jsonl", "{\"conversations\": [{\"from\": \"hunam\", \"value\": \"hi\"}, {\"from\": \"gpt\", \"value\": \"yes\"}]}\n");
        _workshop.Write("recipe.yaml", "model: model\ndata: {train: chat.jsonl}\n");
        Expect.Mistake(_workshop.Train(), ExitCode.Data, "chat.jsonl line 1", "hunam", "human");
    }

    private static byte[] Compressed(string text)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return memory.ToArray();
    }

    public void Dispose() => _workshop.Dispose();
}
