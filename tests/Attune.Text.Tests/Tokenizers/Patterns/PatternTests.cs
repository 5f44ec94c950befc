using System.Text;
using Attune.Text.Tokenizers.Patterns;
using CsCheck;

namespace Attune.Text.Tests.Tokenizers.Patterns;

public class PatternTests
{
    public static TheoryData<string> Known =>
    [
        KnownPatterns.Gpt2, KnownPatterns.Llama3, KnownPatterns.Qwen2, KnownPatterns.Gpt4o,
        KnownPatterns.DeepSeekNumbers, KnownPatterns.DeepSeekHan, KnownPatterns.DeepSeekWords,
    ];

    // Characters that the patterns tell apart: cases, marks, digits of three kinds, spaces, line breaks, symbols, astral ones.
    private static readonly string[] Parts =
    [
        "a", "B", "é", "ǅ", "ʰ", "中", "が", "ヿ", "\u0301", "\u0903", "𝒜", "𐐨", "𐐀", "😀", "👍🏽", "1", "٣", "½", "Ⅳ", "𝟘", " ", "  ", "\t", "\r", "\n",
        "\u00A0", "\u2028", "\u3000", "'", "'s", "'S", "'ſ", "'re", "'LL", "'vE", "’", "/", "_", "$", "€", "-", "!", "\u200D", "\u00AD", "\u0000", "\uFFFD", "\uE000",
    ];

    private static readonly Gen<string> Texts = Gen.Int[0, Parts.Length - 1].List[0, 24].Select(indices => string.Concat(indices.Select(i => Parts[i])));

    [Theory]
    [MemberData(nameof(Known))]
    public void Code_matches_what_the_regular_expression_matches(string pattern)
    {
        var code = KnownPatterns.Find(pattern)!;
        var regex = new RegexPattern(pattern, RegexTranslator.Translate(pattern), "test");
        Texts.Sample(text => Assert.Equal(Split(regex, text), Split(code, text)), iter: 1_500);
    }

    [Theory]
    [InlineData("a.c", "a😀c a\nc", "a😀c")]
    [InlineData("(?m:a.c)", "a\nc", "a\nc")]
    [InlineData("^b|b$", "ab\nb\nbc", "b b b")]
    [InlineData("^", "a\n", "")]
    [InlineData(@"\h+", "12 fgx", "12 f")]
    [InlineData("[^a]", "a😀", "😀")]
    [InlineData("[😀-😂]+", "😀😁🙃", "😀😁")]
    [InlineData(@"\p{L}+", "𝒜b1", "𝒜b")]
    [InlineData(@"\p{^L}", "a1", "1")]
    [InlineData(@"\P{L}", "a1", "1")]
    [InlineData("(?i)straẞe|K", "STRAẞE k \u212A", "STRAẞE k \u212A")]
    [InlineData("(?i:[a-c])+", "aBcD", "aBc")]
    [InlineData("a(?i)b|c", "aB aC C", "aB aC")]
    [InlineData("a{,2}b", "aaab b", "aab b")]
    [InlineData("a{x}", "a{x}", "a{x}")]
    [InlineData(@"\x41\x{1F600}\u0042", "A😀B", "A😀B")]
    [InlineData("[a-z&&[^aeiou]]+", "hello", "h ll")]
    [InlineData("[-a]+|[b-]+", "a-b-", "a- b-")]
    [InlineData("[]a]", "]a", "] a")]
    [InlineData("(?<n>a)(?:b)(?=c)", "abc abd", "ab")]
    [InlineData("(?<!a)b|(?<=a)c", "ab b ac", "b c")]
    [InlineData("a++a|b", "aaab", "b")]
    [InlineData(@"\p{Han}+", "漢字かな𠀀", "漢字 𠀀")]
    public void Ruby_syntax_means_what_it_means_in_Oniguruma(string pattern, string text, string expected)
    {
        var matches = PatternReader.OfRegex(pattern, "test").Over(text);
        var found = new List<string>();
        while (matches.TryNext(out var start, out var end)) found.Add(text[start..end]);
        Assert.Equal(expected, string.Join(' ', found));
    }

    [Theory]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("[a")]
    [InlineData("[b-a]")]
    [InlineData("*a")]
    [InlineData(@"\p{Klingon}")]
    [InlineData(@"\p{L")]
    [InlineData(@"\x{110000}")]
    [InlineData(@"\")]
    [InlineData("(?s)a")]
    [InlineData("(?#")]
    [InlineData("(?<name")]
    [InlineData("[[:nothing:]]")]
    [InlineData(@"(a)\1")]
    [InlineData("a****")]
    public void What_cannot_be_read_is_said_so(string pattern)
    {
        var error = Assert.Throws<AttuneException>(() => PatternReader.OfRegex(pattern, "file.json"));
        Assert.StartsWith($"file.json: the regular expression {pattern} cannot be read: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deeply_nested_expressions_are_refused()
    {
        Assert.Throws<AttuneException>(() => PatternReader.OfRegex(new string('(', 3_000) + new string(')', 3_000), "file.json"));
        Assert.Throws<AttuneException>(() => PatternReader.OfRegex(new string('[', 3_000) + new string(']', 3_000), "file.json"));
        Assert.Throws<AttuneException>(() => PatternReader.OfRegex(string.Concat(Enumerable.Repeat(@"\p{L}", 1_600)), "file.json"));
    }

    [Fact]
    public void A_match_without_end_is_stopped()
    {
        var pattern = PatternReader.OfRegex("(a|aa)+$", "file.json");
        var error = Assert.Throws<AttuneException>(() => pattern.TryFind(new string('a', 200) + "b", 0, out _, out _));
        Assert.Contains("takes too long", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Expressions_at_random_are_read_or_refused()
    {
        const string Symbols = @"ab😀\pPdDwWshxu{}[]()?*+|^$.-,:=!<>&imL0129";
        var (read, refused) = (0, 0);
        Gen.Int[0, Symbols.Length - 1].List[0, 14].Sample(
            indices =>
            {
                var pattern = string.Concat(indices.Select(i => Symbols[i]));
                try
                {
                    PatternReader.OfRegex(System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(pattern)), "file.json")
                        .TryFind("ab😀 12", 0, out _, out _);
                    Interlocked.Increment(ref read);
                }
                catch (AttuneException)
                {
                    Interlocked.Increment(ref refused);
                }
            },
            iter: 3_000);
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    private static string Split(Pattern pattern, string text)
    {
        var pieces = new StringBuilder();
        var matches = pattern.Over(text);
        while (matches.TryNext(out var start, out var end)) pieces.Append('[').Append(text, start, end - start).Append(']');
        return pieces.ToString();
    }
}
