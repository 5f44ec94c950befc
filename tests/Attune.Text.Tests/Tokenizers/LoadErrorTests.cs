using System.Text.Json;
using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

public class LoadErrorTests
{
    // What the reference reads although it fails later, and Attune refuses at once or has no model for.
    private static readonly string[] RefusedEarlier = ["template_missing_special", "unigram_empty", "wordpiece_unk_missing", "wordlevel_unk_missing"];

    [Fact]
    public void What_the_reference_refuses_is_refused_with_a_message()
    {
        var (refused, loaded) = (0, 0);
        foreach (var record in TokenizerGoldens.Records("features/load_errors.jsonl"))
        {
            var name = record.GetProperty("name").GetString()!;
            var json = System.Text.Encoding.UTF8.GetBytes(FeatureTests.Tokenizer(record).ToJsonString());
            if (record.TryGetProperty("error", out _) || RefusedEarlier.Contains(name))
            {
                var error = Assert.Throws<AttuneException>(() => TokenizerJson.Parse(json, "broken.json"));
                Assert.Equal(ExitCode.Model, error.Code);
                Assert.StartsWith("broken.json: ", error.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }

            var tokenizer = TokenizerJson.Parse(json, "fine.json");
            foreach (var one in record.GetProperty("cases").EnumerateArray())
                Assert.Null(TokenizerGoldens.Difference(one.GetProperty("text").GetString()!, tokenizer.Encode(one.GetProperty("text").GetString()!), one));
            loaded++;
        }

        Assert.Equal((32, 2), (refused, loaded));
    }

    [Theory]
    [InlineData("unknown_pre_tokenizer", "pre_tokenizer: the pre-tokenizer \"Nope\" is not supported")]
    [InlineData("added_token_missing_flags", "tokenizer.added_tokens[0]: \"single_word\" is missing")]
    [InlineData("merge_left_not_in_vocabulary", "merge 24 speaks of \"qé\", which is not in the vocabulary")]
    [InlineData("bad_regex", "the regular expression ( cannot be read")]
    [InlineData("vocab_negative_id", "is not a whole number from 0 on")]
    [InlineData("no_model", "\"model\" is missing")]
    public void The_message_names_the_place(string name, string part)
    {
        var record = TokenizerGoldens.Records("features/load_errors.jsonl").Single(r => r.GetProperty("name").GetString() == name);
        var json = System.Text.Encoding.UTF8.GetBytes(FeatureTests.Tokenizer(record).ToJsonString());
        var error = Assert.Throws<AttuneException>(() => TokenizerJson.Parse(json, "broken.json"));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 0}, \"merges\": []}}")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 2000000000}, \"merges\": []}}")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 99999999999}, \"merges\": []}}")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": [[\"a\"")]
    [InlineData("{\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}} trailing")]
    [InlineData("{\"model\": {\"type\": 7, \"vocab\": {}, \"merges\": []}}")]
    [InlineData("{\"version\": 1.0, \"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}}")]
    public void Malformed_files_are_refused(string json)
    {
        var error = Assert.Throws<AttuneException>(() => TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json), "broken.json"));
        Assert.Equal(ExitCode.Model, error.Code);
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        var json = $"{{\"pre_tokenizer\": {string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"pretokenizers\":[", 5000))}";
        Assert.Throws<AttuneException>(() => TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json), "deep.json"));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var error = Assert.Throws<AttuneException>(() => TokenizerJson.Load("no-such-folder/tokenizer.json"));
        Assert.Contains("no-such-folder/tokenizer.json", error.Message, StringComparison.Ordinal);
    }
}
