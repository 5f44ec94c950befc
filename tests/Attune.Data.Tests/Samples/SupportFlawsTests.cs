using System.Text.RegularExpressions;
using Attune.Data.Selection;

namespace Attune.Data.Tests.Samples;

/// <summary>samples/support holds exactly the flaws that its planted.json lists.</summary>
public partial class SupportFlawsTests
{
    /// <summary>Rows that share more than this of their letter triples say the same.</summary>
    private const double Alike = 0.7;

    /// <summary>Rows that are not planted share at most so much.</summary>
    private const double Different = 0.45;

    private static readonly PlantedFlaws Planted = SupportSample.Planted;

    [Fact]
    public void Flaws_are_as_many_as_the_page_says_and_no_row_has_two()
    {
        var page = File.ReadAllText(Path.Combine(SupportSample.Folder, "README.md"));
        var said = FlawRow().Matches(page).Select(row => (row.Groups[1].Value, row.Groups[2].Value));
        Assert.Equal(
            [
                ("exact_duplicates", $"{Planted.ExactDuplicates.Count}"), ("near_duplicates", $"{Planted.NearDuplicates.Count}"),
                ("personal_data", $"{Planted.PersonalData.Count}"), ("leaks", $"{Planted.Leaks.Count}"), ("bad_rows", $"{Planted.BadRows.Count}"),
            ],
            said);

        Place[] places =
        [
            .. Planted.ExactDuplicates.Concat(Planted.NearDuplicates).Select(copy => new Place(copy.File, copy.Line)),
            .. Planted.PersonalData.Select(row => new Place(row.File, row.Line)),
            .. Planted.Leaks.Select(leak => new Place("test.jsonl", leak.TestLine)),
            .. Planted.BadRows.Select(row => new Place(row.File, row.Line)),
        ];
        Assert.Distinct(places);
    }

    [Fact]
    public void Bad_rows_are_exactly_those_the_reader_refuses()
    {
        var refused = SupportSample.Sets.BadRows.Select(row => (Path.GetFileName(row.File), row.Line, Kind(row.Reason)));
        Assert.Equal(Planted.BadRows.Select(row => (row.File, row.Line, row.Kind)).Order(), refused.Order());
        Assert.Equal(4, Planted.BadRows.Select(row => row.Kind).Distinct().Count());

        var e = Assert.Throws<AttuneException>(() => DataSets.Load(SupportSample.Options with { BadRows = BadRows.Stop }));
        Assert.Contains($"train.jsonl line {Planted.BadRows[0].Line}: not valid JSON", e.Message);
    }

    [Fact]
    public void Rows_that_are_alike_are_exactly_the_planted_ones()
    {
        var planted = Planted.ExactDuplicates.Concat(Planted.NearDuplicates)
            .Select(copy => (new Place(copy.File, copy.OfLine), new Place(copy.File, copy.Line)))
            .Concat(Planted.Leaks.Select(leak => (new Place("train.jsonl", leak.TrainLine), new Place("test.jsonl", leak.TestLine))))
            .ToHashSet();
        var rows = SupportSample.Rows;
        var triples = rows.Select(row => Triples(row.Text)).ToList();
        var alike = new HashSet<(Place, Place)>();
        for (var later = 0; later < rows.Count; later++)
        {
            for (var earlier = 0; earlier < later; earlier++)
            {
                var share = Share(triples[earlier], triples[later]);
                if (share > Alike) alike.Add((rows[earlier].Place, rows[later].Place));
                else Assert.True(share < Different, $"{rows[earlier].Place} and {rows[later].Place} share {share:0.00}.");
            }
        }

        Assert.Superset(planted, alike);
        Assert.Subset(planted, alike);
    }

    [Fact]
    public void Exact_copies_are_exact_and_near_ones_are_not()
    {
        var rows = SupportSample.Rows.ToDictionary(row => row.Place);
        Assert.All(Planted.ExactDuplicates, copy => Assert.True(Same(copy.File, copy.Line, copy.File, copy.OfLine)));
        Assert.All(Planted.NearDuplicates, copy => Assert.False(Same(copy.File, copy.Line, copy.File, copy.OfLine)));
        Assert.All(Planted.Leaks, leak => Assert.Equal(leak.Exact, Same("test.jsonl", leak.TestLine, "train.jsonl", leak.TrainLine)));
        Assert.Equal((3, 6), (Planted.Leaks.Count(leak => leak.Exact), Planted.Leaks.Count));

        bool Same(string file, int line, string otherFile, int otherLine)
        {
            var (row, other) = (rows[new Place(file, line)], rows[new Place(otherFile, otherLine)]);
            Assert.Equal((other.Intent, other.Reply), (row.Intent, row.Reply));
            return row.Text == other.Text;
        }
    }

    [Fact]
    public void The_data_layer_counts_the_exact_ones()
    {
        var overlaps = SupportSample.Sets.Overlaps.Select(overlap => (overlap.Part, overlap.AlsoIn, overlap.Rows));
        Assert.Equal(
            [
                ("test", "test", Planted.ExactDuplicates.Count(copy => copy.File == "test.jsonl")),
                ("test", "train", Planted.Leaks.Count(leak => leak.Exact)),
                ("train", "train", Planted.ExactDuplicates.Count(copy => copy.File == "train.jsonl")),
            ],
            overlaps.Order());
    }

    private static string Kind(string reason) => reason switch
    {
        _ when reason.Contains("not valid JSON") => "malformed_json",
        _ when reason.Contains("is missing") => "missing_field",
        _ when reason.Contains("is empty") => "empty_text",
        _ when reason.Contains("is not text") => "wrong_type",
        _ => reason,
    };

    /// <summary>Every three neighbouring characters of the words, in lower case and one space apart.</summary>
    private static HashSet<string> Triples(string text)
    {
        var plain = $" {string.Join(' ', Word().Matches(text.ToLowerInvariant()).Select(word => word.Value))} ";
        return [.. Enumerable.Range(0, plain.Length - 2).Select(at => plain.Substring(at, 3))];
    }

    private static double Share(HashSet<string> a, HashSet<string> b)
    {
        var both = a.Count(b.Contains);
        return (double)both / (a.Count + b.Count - both);
    }

    [GeneratedRegex(@"^\| `(\w+)` \| (\d+) \| [^|]+\|$", RegexOptions.Multiline)]
    private static partial Regex FlawRow();

    [GeneratedRegex(@"[a-z0-9']+")]
    private static partial Regex Word();
}
