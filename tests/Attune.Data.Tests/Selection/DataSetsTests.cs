using Attune.Data.Formats;
using Attune.Data.Selection;
using Attune.Testing;

namespace Attune.Data.Tests.Selection;

public sealed class DataSetsTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Banking77_with_its_ten_most_frequent_intents()
    {
        var sets = DataSets.Load(new DataOptions
        {
            Train = Goldens.Data("banking77"),
            Prompt = "Name the intent.\n\n{text}",
            Labels = new LabelSelection { MostFrequent = 10 },
            Limit = 300,
            TestLimit = 200,
            Split = new SplitOptions { Validation = 100 },
        });
        Assert.Equal((300, 100, 200), (sets.Train.Rows.Count, sets.Validation!.Rows.Count, sets.Test!.Rows.Count));
        Assert.Equal(10, sets.Labels.Count);
        Assert.Equal(10, sets.Train.LabelCounts.Count);
        Assert.All(sets.Test.LabelCounts.Values, count => Assert.InRange(count, 19, 21)); // 40 of each in the file
        Assert.Equal((10_003, 3_080), (sets.Sources[0].RowsUsed, sets.Sources[1].RowsUsed));
        Assert.Contains("card_payment_fee_charged", sets.Labels);
    }

    [Fact]
    public void Sms_spam_keeps_its_test_and_validation_rows_whatever_the_limit_is()
    {
        var seen = new HashSet<string>();
        DataSets? smaller = null;
        foreach (var limit in (int[])[60, 120, 240, 480])
        {
            var sets = DataSets.Load(new DataOptions
            {
                Train = Goldens.Data("sms-spam"),
                Prompt = "Spam or ham?\n\n{text}",
                Limit = limit,
                Split = new SplitOptions { Validation = 100, Test = 300 },
            });
            Assert.Equal(5_574, sets.Sources[0].RowsUsed);
            Assert.Equal(["ham", "spam"], sets.Labels);
            Assert.Equal((limit, 100, 300), (sets.Train.Rows.Count, sets.Validation!.Rows.Count, sets.Test!.Rows.Count));
            Assert.Equal(40, sets.Test.LabelCounts["spam"]); // 747 of 5574 × 300 = 40.2
            seen.Add(string.Join(' ', sets.Validation.Rows.Concat(sets.Test.Rows).Select(row => row.Origin.Line)));
            if (smaller is not null) Assert.Subset(Lines(sets), Lines(smaller));
            smaller = sets;
        }

        Assert.Single(seen);
    }

    [Fact]
    public void A_pattern_takes_all_files_it_fits_in_order_of_their_names()
    {
        _scratch.Write("b.jsonl", "{\"instruction\": \"three\", \"instances\": [{\"input\": \"\", \"output\": \"3\"}]}\n");
        _scratch.Write("a.jsonl", "{\"instruction\": \"one\", \"output\": \"1\"}\n{\"instruction\": \"two\", \"output\": \"2\"}\n");
        _scratch.Write("c.csv", "prompt,completion\nx,y\n");
        var sets = DataSets.Load(new DataOptions { Train = Path.Combine(_scratch.Folder, "*.jsonl"), Split = new SplitOptions { Validation = 0, Test = 0 } });
        Assert.Equal([("a.jsonl", 1), ("a.jsonl", 2), ("b.jsonl", 1)], sets.Train.Rows.Select(row => (Path.GetFileName(row.Origin.File), row.Origin.Line)));
        Assert.Equal([2, 1], sets.Sources.Select(source => source.RowsUsed));

        var mixed = Assert.Throws<AttuneException>(() => DataSets.Load(new DataOptions { Train = Path.Combine(_scratch.Folder, "?.*") }));
        Assert.Contains("c.csv holds rows of format prompt_completion, the training file rows of format instruction", mixed.Message, StringComparison.Ordinal);
        var none = Assert.Throws<AttuneException>(() => DataSets.Load(new DataOptions { Train = Path.Combine(_scratch.Folder, "*.tsv") }));
        Assert.Contains("no file fits", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rt_polarity_is_a_folder_of_one_file_a_label()
    {
        var sets = DataSets.Load(new DataOptions { Train = Goldens.Data("rt-polarity"), Prompt = "{text}", Split = new SplitOptions { Test = 0.1 } });
        Assert.Equal((4_936, 4_912), (sets.Train.LabelCounts["neg"] + sets.Test!.LabelCounts["neg"], sets.Train.LabelCounts["pos"] + sets.Test.LabelCounts["pos"]));
        Assert.EndsWith("neg.txt", sets.Train.Rows[0].Origin.File);
        var named = DataSets.Load(new DataOptions
        {
            LabelFiles = new Dictionary<string, string> { ["bad"] = Goldens.Data("rt-polarity/neg.txt"), ["good"] = Goldens.Data("rt-polarity/pos.txt") },
            Prompt = "{text}",
        });
        Assert.Equal(["bad", "good"], named.Labels);
    }

    [Theory]
    [InlineData("instruct/alpaca_en_demo.json", RowFormat.Instruction, 999)]
    [InlineData("instruct/glaive_toolcall_en_demo.json", RowFormat.ShareGpt, 300)]
    [InlineData("instruct/seed_tasks.jsonl", RowFormat.Instruction, 175)]
    [InlineData("instruct/user_oriented_instructions.jsonl", RowFormat.Instruction, 252)]
    [InlineData("preference/kto_en_demo.json", RowFormat.Messages, 300)]
    [InlineData("general/gsm8k_test.jsonl", RowFormat.PromptCompletion, 1_319)]
    [InlineData("general/lambada_openai.jsonl.gz", RowFormat.PromptCompletion, 5_153)]
    [InlineData("corpus/valid.jsonl.gz", RowFormat.Text, 112)]
    [InlineData("corpus/wikitext2_valid.txt", RowFormat.Text, 2_461)]
    [InlineData("support/bitext_train.csv", RowFormat.Classification, -1)]
    [InlineData("redteam/xstest_prompts.csv", RowFormat.Classification, 450)]
    public void Public_files_are_read_as_they_are(string file, RowFormat format, int rows)
    {
        var sets = DataSets.Load(new DataOptions { Train = Goldens.Data(file), Prompt = format == RowFormat.Classification ? "{text}" : null });
        Assert.Equal(format, sets.Mapping.Format);
        if (rows > 0) Assert.Equal(rows, sets.Sources[0].RowsRead);
        Assert.True(sets.Train.Rows.Count >= rows);
    }

    [Fact]
    public void A_folder_with_train_and_test_gives_both_and_one_without_says_what_it_expects()
    {
        _scratch.Write("set/train.jsonl", "{\"text\": \"a\", \"label\": \"x\"}\n{\"text\": \"b\", \"label\": \"y\"}\n");
        _scratch.Write("set/dev.jsonl", "{\"text\": \"c\", \"label\": \"x\"}\n");
        _scratch.Write("set/test.jsonl.gz", "{\"text\": \"a\", \"label\": \"y\"}\n");
        var sets = DataSets.Load(new DataOptions { Train = Path.Combine(_scratch.Folder, "set"), Prompt = "{text}" });
        Assert.Equal((2, 1, 1), (sets.Train.Rows.Count, sets.Validation!.Rows.Count, sets.Test!.Rows.Count));
        var leak = Assert.Single(sets.Overlaps);
        Assert.Equal(("test", "train", 1), (leak.Part, leak.AlsoIn, leak.Rows));

        Directory.CreateDirectory(Path.Combine(_scratch.Folder, "empty"));
        Assert.Contains("expected one .txt a label", Assert.Throws<AttuneException>(() => DataSets.Load(new DataOptions { Train = Path.Combine(_scratch.Folder, "empty") })).Message);
    }

    [Fact]
    public void Contradictions_in_the_recipe_are_refused()
    {
        var file = _scratch.Write("a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
        Refused(ExitCode.Recipe, "data.train is not set", new DataOptions());
        Refused(ExitCode.Recipe, "data.limit is 0", new DataOptions { Train = file, Limit = 0 });
        Refused(ExitCode.Recipe, "rows have no label", new DataOptions { Train = file, Labels = new LabelSelection { MostFrequent = 2 } });
        Refused(ExitCode.Data, "none is left to train on", new DataOptions { Train = file, Split = new SplitOptions { Test = 2 } });
        var other = _scratch.Write("b.jsonl", "{\"prompt\": \"a\", \"completion\": \"b\"}\n");
        Refused(ExitCode.Data, "holds rows of format prompt_completion", new DataOptions { Train = file, Test = other });
    }

    private static void Refused(ExitCode code, string message, DataOptions options)
    {
        var e = Assert.Throws<AttuneException>(() => DataSets.Load(options));
        Assert.Equal(code, e.Code);
        Assert.Contains(message, e.Message);
    }

    private static HashSet<int> Lines(DataSets sets) => [.. sets.Train.Rows.Select(row => row.Origin.Line)];
}
