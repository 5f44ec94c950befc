using Attune.Text.Tokenizers;
using Attune.Text.Tokenizers.Training;
using CsCheck;

namespace Attune.Text.Tests.Tokenizers.Training;

public class BpeTrainerPropertyTests
{
    // Few letters, so that pairs overlap, tie and come up again.
    private static readonly Gen<string> Words = Gen.Char['a', 'd'].Array[1, 12].Select(letters => new string(letters));
    private static readonly Gen<string> Runs = Gen.Char['a', 'b'].Array[1, 30].Select(letters => new string(letters));
    private static readonly Gen<string> Text = Gen.OneOf(Words, Runs).List[0, 30].Select(words => string.Join(' ', words));

    private static readonly string[][] SpecialTokens = [[], ["<s>", "ab"], ["b", "aa"]];

    private static readonly Gen<BpeTrainerOptions> Options = Gen.Select(
        Gen.Int[0, 60], Gen.Int[0, 4], Gen.Int[0, 6].Nullable(), Gen.Int[0, 9].Nullable(), Gen.Int[0, 2].Select(i => SpecialTokens[i]),
        (size, frequency, limit, length, special) => new BpeTrainerOptions
        {
            VocabularySize = size, MinFrequency = frequency, LimitAlphabet = limit, MaxTokenLength = length, SpecialTokens = special,
            InitialAlphabet = "", PreTokenizer = new() { ["type"] = "WhitespaceSplit" },
        });

    [Fact]
    public void Small_corpora_give_what_counting_anew_for_every_merge_gives() =>
        Gen.Select(Text.Array[1, 4], Options).Sample(
            (texts, options) =>
            {
                var counts = texts.SelectMany(text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).CountBy(word => word).ToDictionary();
                var (vocabulary, merges) = PlainBpeTrainer.Train(counts, options);
                var trained = BpeTrainer.Train(texts, options);
                Assert.Equal(vocabulary, trained.Vocabulary);
                Assert.Equal(merges, trained.Merges);
                Assert.Equal(merges.Count, merges.Select(merge => merge.Item1 + merge.Item2).Distinct().Count());
            },
            iter: 1_000);

    [Fact]
    public void Every_text_comes_back_through_a_tokenizer_trained_on_others() =>
        Gen.Select(Gen.String.Array[0, 6], Gen.String, Gen.Bool, Gen.Bool, Gen.Int[0, 400]).Sample(
            (texts, text, prefixSpace, regex, size) =>
            {
                var trained = BpeTrainer.Train(texts, new BpeTrainerOptions
                {
                    VocabularySize = size, SpecialTokens = ["<|end|>", "<|pad|>"], PreTokenizer = BpeTrainerOptions.ByteLevel(prefixSpace, regex),
                });
                var tokenizer = Tokenizer(trained);
                var expected = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)); // lone surrogates to U+FFFD
                if (prefixSpace && text.Length > 0 && text[0] != ' ') expected = " " + expected;
                Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode(text).Ids, skipSpecialTokens: false));
                Assert.Equal($"<|end|>{expected}", tokenizer.Decode(tokenizer.Encode($"<|end|>{text}").Ids, skipSpecialTokens: false));
                Assert.Equal(expected, tokenizer.Decode(tokenizer.Encode($"<|end|>{text}<|pad|>").Ids));
            },
            iter: 300);

    [Fact]
    public void Words_are_encoded_as_training_left_them() =>
        // Merges by rank in a word give its last state in training: one token, where the vocabulary had room for it.
        Gen.String[1, 20].Array[1, 8].Sample(
            texts =>
            {
                var trained = BpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = 10_000, PreTokenizer = BpeTrainerOptions.ByteLevel(useRegex: false) });
                var tokenizer = Tokenizer(trained);
                Assert.All(texts, text => Assert.Single(tokenizer.Encode(text).Ids));
            },
            iter: 300);

    private static ITokenizer Tokenizer(TrainedBpe trained) =>
        TokenizerJson.Parse(System.Text.Encoding.UTF8.GetBytes(trained.ToTokenizerJson().ToJsonString()), "tokenizer.json");
}
