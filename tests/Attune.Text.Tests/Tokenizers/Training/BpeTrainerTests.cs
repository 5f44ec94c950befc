using System.Text.Json.Nodes;
using Attune.Text.Tokenizers;
using Attune.Text.Tokenizers.Training;

namespace Attune.Text.Tests.Tokenizers.Training;

public sealed class BpeTrainerTests : IDisposable
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 3_000).Select(i => $"Text {i} of many: it's {i * 7} words, naïve — 日本 {i % 13}.\n")];
    private static readonly BpeTrainerOptions Options = new() { VocabularySize = 400, MinFrequency = 2, SpecialTokens = ["<|end|>", "<|pad of \"it\"|>"] };

    private readonly string folder = Directory.CreateTempSubdirectory("attune").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void What_is_saved_is_loaded_with_the_same_ids()
    {
        var trained = BpeTrainer.Train(Texts, Options);
        var path = Path.Combine(folder, "tokenizer.json");
        trained.Save(path);
        var tokenizer = TokenizerJson.Load(path);
        Assert.Equal(400, trained.Vocabulary.Count);
        Assert.Equal(400 - 2 - 256, trained.Merges.Count);
        Assert.Equal(trained.Vocabulary.Count, tokenizer.VocabularySize);
        Assert.Equal(trained.Vocabulary, Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.IdToToken(id)!));
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(tokenizer.IsSpecial));
        Assert.Equal([1], tokenizer.Encode("<|pad of \"it\"|>").Ids);
        Assert.Equal(["Text", "Ġ5"], tokenizer.Encode("Text 5").Tokens);
    }

    [Fact]
    public void The_order_of_the_texts_and_who_counts_them_do_not_matter()
    {
        var trained = BpeTrainer.Train(Texts, Options);
        var shuffled = BpeTrainer.Train(Texts.OrderBy(text => text[^3]).ThenByDescending(text => text.Length), Options);
        Assert.Equal(trained.Vocabulary, shuffled.Vocabulary);
        Assert.Equal(trained.Merges, shuffled.Merges);
    }

    [Fact]
    public void A_token_that_begins_texts_is_put_there_once_and_only_where_special_tokens_are_asked_for()
    {
        BpeTrainer.Train(Texts, Options with { BosToken = "<|end|>" }).Save(Path.Combine(folder, "tokenizer.json"));
        var tokenizer = TokenizerJson.Load(Path.Combine(folder, "tokenizer.json"));
        Assert.Equal(["<|end|>", "Text", "Ġ5"], tokenizer.Encode("Text 5").Tokens);
        Assert.Equal(["Text", "Ġ5"], tokenizer.Encode("Text 5", addSpecialTokens: false, parseSpecialTokens: true).Tokens);
        var error = Assert.Throws<AttuneException>(() => BpeTrainer.Train(Texts, Options with { BosToken = "<s>" }));
        Assert.Contains("\"<s>\" is to begin texts and is not among the special tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_characters_that_are_equally_frequent_the_lower_code_points_stay()
    {
        var options = new BpeTrainerOptions { VocabularySize = 0, LimitAlphabet = 3, InitialAlphabet = "z", PreTokenizer = null };
        Assert.Equal(["a", "b", "z"], BpeTrainer.Train(["dcba"], options).Vocabulary);
    }

    [Fact]
    public void Other_components_are_trained_with_and_written()
    {
        var digits = new JsonObject { ["type"] = "Digits", ["individual_digits"] = true };
        var trained = BpeTrainer.Train(["ABBA 1111 1111 abba"], Options with
        {
            MinFrequency = 0, Normalizer = new JsonObject { ["type"] = "Lowercase" },
            PreTokenizer = new JsonObject { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(digits, BpeTrainerOptions.ByteLevel()) },
        });
        Assert.Equal([("a", "b"), ("b", "a"), ("ab", "ba"), ("Ġ", "abba")], trained.Merges);
        trained.Save(Path.Combine(folder, "tokenizer.json"));
        var tokenizer = TokenizerJson.Load(Path.Combine(folder, "tokenizer.json"));
        Assert.Equal(["abba", "Ġ", "1", "1", "Ġabba"], tokenizer.Encode("ABBA 11 abba").Tokens);
    }

    [Fact]
    public void Progress_is_told_phase_by_phase()
    {
        var told = new List<BpeTrainerProgress>();
        BpeTrainer.Train(Enumerable.Repeat(new string('a', 1 << 20), 3), Options, told.Add);
        Assert.Equal([(BpeTrainerPhase.Reading, 1L, null), (BpeTrainerPhase.Reading, 2L, null), (BpeTrainerPhase.Reading, 3L, null), (BpeTrainerPhase.Reading, 3L, 3L)],
            told.Where(progress => progress.Phase == BpeTrainerPhase.Reading).Select(progress => (progress.Phase, progress.Done, progress.Total)));
        Assert.Equal(told.OrderBy(progress => progress.Phase).ThenBy(progress => progress.Done), told);
        Assert.Equal(1, told.Last(progress => progress.Phase == BpeTrainerPhase.Counting).Share);
        Assert.Equal(259.0 / 400, told.First(progress => progress.Phase == BpeTrainerPhase.Merging).Share);
    }

    [Theory]
    [InlineData(BpeTrainerPhase.Reading)]
    [InlineData(BpeTrainerPhase.Counting)]
    [InlineData(BpeTrainerPhase.Merging)]
    public void It_can_be_stopped_in_every_phase(BpeTrainerPhase phase)
    {
        using var source = new CancellationTokenSource();
        var last = default(BpeTrainerPhase);
        Assert.ThrowsAny<OperationCanceledException>(() => BpeTrainer.Train(Texts, Options, Stop, source.Token));
        Assert.InRange(last, phase, phase + 1); // after the last report of one phase the next one begins

        void Stop(BpeTrainerProgress progress)
        {
            last = progress.Phase;
            if (last == phase) source.Cancel();
        }
    }

    [Fact]
    public void What_the_texts_throw_comes_through_as_it_is()
    {
        var error = Assert.Throws<AttuneException>(() => BpeTrainer.Train(Broken(), Options));
        Assert.Equal("rows.jsonl, line 2: broken.", error.Message);

        static IEnumerable<string> Broken()
        {
            yield return "fine";
            throw new AttuneException(ExitCode.Data, "rows.jsonl, line 2: broken.");
        }
    }

    [Theory]
    [InlineData("", "The special token \"\" has 0 characters, expected 1 to 1000.")]
    [InlineData("<|end|>", "The special token \"<|end|>\" is given twice.")]
    public void A_special_token_that_could_not_be_read_back_is_refused(string token, string message)
    {
        var error = Assert.Throws<AttuneException>(() => BpeTrainer.Train([], Options with { SpecialTokens = ["<|end|>", token] }));
        Assert.Equal((ExitCode.Recipe, message), (error.Code, error.Message));
    }

    [Fact]
    public void A_special_token_with_half_a_surrogate_pair_is_refused() =>
        Assert.Throws<AttuneException>(() => BpeTrainer.Train([], Options with { SpecialTokens = ["a" + '\uD800'] }));

    [Fact]
    public void A_pre_tokenizer_that_attune_lacks_is_named()
    {
        var error = Assert.Throws<AttuneException>(() => BpeTrainer.Train([], Options with { PreTokenizer = new JsonObject { ["type"] = "Metaspace" } }));
        Assert.Contains("pre_tokenizer: the pre-tokenizer \"Metaspace\" is not supported", error.Message, StringComparison.Ordinal);
    }
}
