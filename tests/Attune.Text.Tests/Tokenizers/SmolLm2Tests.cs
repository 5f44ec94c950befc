using System.Text.Json;
using Attune.Text.Tokenizers;
using CsCheck;

namespace Attune.Text.Tests.Tokenizers;

public class SmolLm2Tests
{
    private static readonly Lazy<ITokenizer> Loaded = new(() => TokenizerGoldens.Load("smollm2"));

    [Fact]
    public void Edge_cases_are_as_in_the_reference()
    {
        var tokenizer = Loaded.Value;
        var cases = JsonElement.Parse(File.ReadAllText(Goldens.Path("tokenizers/edge_cases_smollm2.json")));
        var (surrogates, decodings, dropped) = (0, 0, 0);
        foreach (var one in cases.EnumerateArray())
        {
            if (one.TryGetProperty("text_utf16_units", out var units))
            {
                var text = string.Concat(units.EnumerateArray().Select(unit => (char)unit.GetInt32()));
                Assert.Equal(TokenizerGoldens.Ids(one, "smollm2_ids_when_each_lone_surrogate_becomes_U+FFFD"), tokenizer.Encode(text).Ids);
                surrogates++;
            }
            else if (one.TryGetProperty("examples", out var examples))
            {
                foreach (var example in examples.EnumerateArray())
                {
                    var text = example.GetProperty("text").GetString()!;
                    Assert.Null(TokenizerGoldens.Difference(text, tokenizer.Encode(text), example));
                    dropped++;
                }
            }
            else
            {
                var ids = TokenizerGoldens.Ids(one);
                Assert.Equal(one.GetProperty("decoded").GetString(), tokenizer.Decode(ids, skipSpecialTokens: false));
                Assert.Equal(one.GetProperty("decoded_skip_special").GetString(), tokenizer.Decode(ids));
                decodings++;
            }
        }

        Assert.Equal(4, surrogates);
        Assert.Equal(5, decodings);
        Assert.True(dropped > 2, $"{dropped} texts with bytes that have no token");
    }

    [Fact]
    public void Vocabulary_and_special_tokens_can_be_asked_for()
    {
        var tokenizer = Loaded.Value;
        Assert.Equal(49_152, tokenizer.VocabularySize);
        Assert.Equal(1, tokenizer.TokenToId("<|im_start|>"));
        Assert.Equal("<|im_end|>", tokenizer.IdToToken(2));
        Assert.True(tokenizer.IsSpecial(2));
        Assert.False(tokenizer.IsSpecial(905));
        Assert.Null(tokenizer.IdToToken(49_152));
        Assert.Null(tokenizer.IdToToken(-1));
        Assert.Null(tokenizer.TokenToId("no such token"));
    }

    [Fact]
    public void One_long_word_takes_no_quadratic_time()
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var ids = Loaded.Value.Encode(new string('a', 300_000)).Ids;
        Assert.True(ids.Length > 1000);
        // A quadratic merge would take minutes; this takes a fraction of a second even on a busy machine.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }

    [Fact]
    public void Several_threads_give_what_one_gives()
    {
        var tokenizer = Loaded.Value;
        var texts = TokenizerGoldens.Texts.Values.Select(text => text.Text).ToArray();
        var alone = texts.Select(text => tokenizer.Encode(text).Ids).ToArray();
        Parallel.For(0, 8 * texts.Length, i =>
        {
            if (!alone[i % texts.Length].SequenceEqual(tokenizer.Encode(texts[i % texts.Length]).Ids))
                Assert.Fail($"text {i % texts.Length}");
        });
    }

    [Fact]
    public void Offsets_cover_every_character_of_a_text_without_gaps()
    {
        var tokenizer = TokenizerGoldens.Load("bpe_bytelevel_1k"); // has every byte, and does not trim offsets
        Gen.String.Sample(
            text =>
            {
                var (_, _, offsets) = tokenizer.Encode(text, parseSpecialTokens: false);
                var reached = 0;
                foreach (var (start, end) in offsets)
                {
                    Assert.InRange(start, 0, reached);
                    Assert.InRange(end, start + 1, text.Length);
                    reached = Math.Max(reached, end);
                }

                Assert.Equal(text.Length, reached);
            },
            iter: 2_000);
    }

    [Fact]
    public void Decoding_what_was_encoded_gives_the_text()
    {
        var tokenizer = TokenizerGoldens.Load("bpe_bytelevel_1k"); // has every byte
        Gen.Char.Array[0, 60].Sample(
            characters =>
            {
                var text = new string(characters);
                var expected = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)); // lone surrogates to U+FFFD
                var ids = tokenizer.Encode(text, parseSpecialTokens: false).Ids;
                Assert.Equal(expected, tokenizer.Decode(ids, skipSpecialTokens: false));
                var stream = tokenizer.StartDecoding(skipSpecialTokens: false);
                var streamed = string.Concat(ids.Select(stream.Next));
                Assert.StartsWith(streamed, expected, StringComparison.Ordinal);
            },
            iter: 2_000);
    }
}
