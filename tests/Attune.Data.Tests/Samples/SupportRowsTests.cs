using System.Globalization;
using System.Text.RegularExpressions;
using Attune.Data.Selection;

namespace Attune.Data.Tests.Samples;

/// <summary>What samples/support holds, and that intents have to be read out of the messages.</summary>
public partial class SupportRowsTests
{
    [Fact]
    public void Lines_and_intents_are_as_many_as_the_page_says()
    {
        var page = File.ReadAllText(Path.Combine(SupportSample.Folder, "README.md"));
        foreach (Match row in FileRow().Matches(page))
            Assert.Equal(Number(row.Groups[2]), File.ReadAllLines(Path.Combine(SupportSample.Folder, row.Groups[1].Value)).Length);
        Assert.Equal(3, FileRow().Count(page));

        var sets = SupportSample.Sets;
        var said = IntentRow().Matches(page).Select(row => (Intent: row.Groups[1].Value, Number(row.Groups[2]), Number(row.Groups[3]), Number(row.Groups[4])));
        Assert.Equal(
            sets.Labels.Select(intent => (intent, sets.Train.LabelCounts[intent], sets.Validation!.LabelCounts[intent], sets.Test!.LabelCounts[intent])),
            said.OrderBy(row => row.Intent, StringComparer.Ordinal));
        Assert.Equal(10, sets.Labels.Count);
        Assert.All(sets.Train.LabelCounts.Values, count => Assert.InRange(count, 0.05 * sets.Train.Rows.Count, 0.2 * sets.Train.Rows.Count));
    }

    [Fact]
    public void Messages_have_4_to_60_words_and_replies_1_to_3_sentences() => Assert.All(SupportSample.Rows, row =>
    {
        Assert.InRange(row.Text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Length, 4, 60);
        Assert.InRange(SentenceEnd().Count(row.Reply), 1, 3);
        Assert.Equal(row.Reply, row.Reply.Trim());
    });

    [Fact]
    public void No_word_gives_an_intent_away()
    {
        var words = SupportSample.Rows.Select(row => (row.Intent, Words: Word().Matches(row.Text.ToLowerInvariant()).Select(word => word.Value).ToHashSet())).ToList();
        foreach (var intent in SupportSample.Sets.Labels)
        {
            var own = words.Count(row => row.Intent == intent);
            var (word, f1) = words.SelectMany(row => row.Words).Distinct()
                .Select(word => (word, 2.0 * words.Count(row => row.Intent == intent && row.Words.Contains(word)) / (own + words.Count(row => row.Words.Contains(word)))))
                .MaxBy(pair => pair.Item2);
            Assert.True(f1 < 0.55, $"'{word}' tells {intent} with an F1 of {f1:0.00}.");
        }
    }

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| `(\w+\.jsonl)` \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex FileRow();

    [GeneratedRegex(@"^\| `(\w+)` \|[^|]+\| (\d+) \| (\d+) \| (\d+) \|$", RegexOptions.Multiline)]
    private static partial Regex IntentRow();

    [GeneratedRegex(@"[.!?](?=\s|$)")]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(@"[a-z0-9']+")]
    private static partial Regex Word();
}
