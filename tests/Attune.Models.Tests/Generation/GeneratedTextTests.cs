using System.Text;
using Attune.Models.Generation;
using Attune.Text.Tokenizers;
using Encoding = Attune.Text.Tokenizers.Encoding;

namespace Attune.Models.Tests.Generation;

public class GeneratedTextTests
{
    [Fact]
    public void A_stop_token_ends_the_text_and_is_no_part_of_it()
    {
        var (result, pieces) = Run("Hi!\0more", new([1]) { StopTokenIds = [0] });
        Assert.Equal(("Hi!", FinishReason.StopToken), (result.Text, result.FinishReason));
        Assert.Equal(4, result.TokenIds.Length);
        Assert.Equal("Hi!", string.Concat(pieces));
    }

    [Fact]
    public void A_stop_string_that_spans_tokens_ends_the_text()
    {
        var (result, pieces) = Run("one STAR two STOP three", new([1]) { StopStrings = ["STOP"] });
        Assert.Equal(("one STAR two ", FinishReason.StopString), (result.Text, result.FinishReason));
        Assert.Equal("one STAR two ", string.Concat(pieces));
        Assert.Equal("one STAR two STOP".Length, result.TokenIds.Length);
    }

    [Fact]
    public void The_most_new_tokens_end_the_text_and_free_what_was_held_back()
    {
        var (result, pieces) = Run("one ST and more", new([1]) { StopStrings = ["STOP"], MaxNewTokens = 6 });
        Assert.Equal(("one ST", FinishReason.Length), (result.Text, result.FinishReason));
        Assert.Equal("one ST", string.Concat(pieces));
    }

    [Fact]
    public void The_end_of_the_context_ends_the_text()
    {
        var (result, _) = Run("abcdef", new([1]), room: 3);
        Assert.Equal(("abc", FinishReason.Length), (result.Text, result.FinishReason));
    }

    [Fact]
    public void Half_a_character_is_never_passed_on_before_the_end()
    {
        var (result, pieces) = Run("aé€", new([1]) { MaxNewTokens = 5 }); // 1 + 2 + 3 bytes, the last one missing
        Assert.Equal(["a", "", "é", "", "\uFFFD"], pieces);
        Assert.Equal("aé\uFFFD", result.Text);
    }

    // A tokenizer of bytes, and logits that spell out a text.
    private static (GenerationResult Result, List<string> Pieces) Run(string text, GenerationRequest request, int room = 1000)
    {
        var generated = new GeneratedText(request, new ByteTokenizer(), room);
        var pieces = new List<string>();
        foreach (var value in System.Text.Encoding.UTF8.GetBytes(text))
        {
            var logits = new float[256];
            logits[value] = 1;
            pieces.Add(generated.Accept(logits));
            if (generated.Ended is not null) break;
        }

        return (generated.Result, pieces);
    }

    private sealed class ByteTokenizer : ITokenizer
    {
        public int VocabularySize => 256;

        public Encoding Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true) => throw new NotSupportedException();

        public Encoding Encode(string text, IReadOnlyList<TextPart> parts) => throw new NotSupportedException();

        public IReadOnlyList<(int Start, int End, int Id)> FindAddedTokens(string text) => throw new NotSupportedException();

        public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true) => System.Text.Encoding.UTF8.GetString([.. ids.ToArray().Select(id => (byte)id)]);

        public int? TokenToId(string token) => null;

        public string? IdToToken(int id) => null;

        public bool IsSpecial(int id) => false;

        public IDecodeStream StartDecoding(bool skipSpecialTokens = true) => new Stream();

        private sealed class Stream : IDecodeStream
        {
            private readonly Decoder _decoder = System.Text.Encoding.UTF8.GetDecoder();

            public string? Next(int id)
            {
                var characters = new char[4];
                var count = _decoder.GetChars([(byte)id], characters, flush: false);
                return count == 0 ? null : new string(characters, 0, count);
            }
        }
    }
}
