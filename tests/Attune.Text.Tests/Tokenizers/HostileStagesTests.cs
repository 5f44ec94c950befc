using Attune.Text.Tokenizers;

namespace Attune.Text.Tests.Tokenizers;

/// <summary>Small files whose stages would multiply a text without end.</summary>
public class HostileStagesTests
{
    private const string Doubling = """{"type":"Replace","pattern":{"String":"a"},"content":"aa"}""";
    private const string Prefixing =
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":false},{"type":"Split","pattern":{"Regex":""},"behavior":"Isolated","invert":false}""";

    private const string Twice =
        """{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],"special_tokens":{}}""";

    [Fact]
    public void A_normalizer_that_doubles_forty_times_is_stopped() =>
        AssertStopped($$"""{"normalizer":{"type":"Sequence","normalizers":[{{Forty(Doubling)}}]},{{Model}}}""");

    [Fact]
    public void Pre_tokenizers_that_multiply_pieces_are_stopped() =>
        AssertStopped($$"""{"pre_tokenizer":{"type":"Sequence","pretokenizers":[{{Forty(Prefixing)}}]},{{Model}}}""");

    [Fact]
    public void Templates_that_double_forty_times_are_stopped() =>
        AssertStopped($$"""{"post_processor":{"type":"Sequence","processors":[{{Forty(Twice)}}]},{{Model}}}""");

    private const string Model = "\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}";

    private static string Forty(string stage) => string.Join(',', Enumerable.Repeat(stage, 40));

    private static void AssertStopped(string json)
    {
        var tokenizer = TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(json), "hostile.json");
        var error = Assert.Throws<AttuneException>(() => tokenizer.Encode("aaaa"));
        Assert.Equal(ExitCode.Model, error.Code);
    }
}
