using Attune.Models.Generation;
using CsCheck;

namespace Attune.Models.Tests.Generation;

public class StopStringsTests
{
    [Fact]
    public void A_stop_string_that_spans_pieces_is_never_passed_on()
    {
        var stops = new StopStrings(["\nUser:"]);
        Assert.Equal(["Hi", "", "", ""], new[] { "Hi\n", "Us", "er: ", "more" }.Select(stops.Push));
        Assert.True(stops.IsMet);
        Assert.Equal("", stops.Finish());
    }

    [Fact]
    public void What_only_looked_like_a_stop_string_comes_out_later()
    {
        var stops = new StopStrings(["END"]);
        Assert.Equal(["a", "ENN", ""], new[] { "aEN", "N", "E" }.Select(stops.Push));
        Assert.Equal("E", stops.Finish());
        Assert.False(stops.IsMet);
    }

    [Fact]
    public void The_first_of_several_stop_strings_counts()
    {
        var stops = new StopStrings(["bc", "ab", ""]);
        Assert.Equal("x", stops.Push("xabc")); // "ab" is complete before "bc"
    }

    [Fact]
    public void Any_cut_into_pieces_gives_the_text_before_the_first_stop_string() =>
        Gen.Select(Gen.Char['a', 'c'].Array[0, 30], Gen.Char['a', 'c'].Array[1, 4].Array[1, 3], Gen.Int[1, 4].Array[30]).Sample((letters, stopLetters, sizes) =>
        {
            var text = new string(letters);
            var stops = stopLetters.Select(stop => new string(stop)).ToArray();
            var watch = new StopStrings(stops);
            var passed = "";
            for (int at = 0, i = 0; at < text.Length; at += sizes[i++])
                passed += watch.Push(text[at..Math.Min(at + sizes[i], text.Length)]);
            passed += watch.Finish();

            // Letter by letter: the text ends where the first stop string is complete; of several there, the longest counts.
            var expected = text;
            for (var end = 1; end <= text.Length && expected == text; end++)
            {
                var met = stops.Where(text[..end].EndsWith).DefaultIfEmpty("").MaxBy(stop => stop.Length)!;
                if (met.Length > 0) expected = text[..(end - met.Length)];
            }

            return passed == expected && watch.IsMet == (expected != text);
        });
}
