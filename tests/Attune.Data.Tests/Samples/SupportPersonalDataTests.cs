using System.Numerics;
using System.Text.RegularExpressions;

namespace Attune.Data.Tests.Samples;

/// <summary>The personal data in samples/support is where planted.json says, nowhere else, and nobody's.</summary>
public partial class SupportPersonalDataTests
{
    private static readonly IReadOnlyDictionary<Place, SampleRow> Rows = SupportSample.Rows.ToDictionary(row => row.Place);

    private static readonly IReadOnlyList<PersonalDatum> Planted = [.. SupportSample.Planted.PersonalData.SelectMany(row => row.Found)];

    [Fact]
    public void Each_piece_stands_in_its_row_and_every_kind_is_there()
    {
        Assert.All(SupportSample.Planted.PersonalData, planted =>
        {
            var row = Rows[new Place(planted.File, planted.Line)];
            Assert.NotEmpty(planted.Found);
            Assert.All(planted.Found, piece => Assert.Contains(piece.Text, piece.Field == "text" ? row.Text : row.Reply));
        });
        Assert.Equal(
            ["address", "credit_card", "email", "iban", "name", "phone"],
            Planted.Select(piece => piece.Kind).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void What_looks_like_personal_data_is_planted()
    {
        foreach (var row in SupportSample.Rows)
        {
            var planted = SupportSample.Planted.PersonalData.Where(other => new Place(other.File, other.Line) == row.Place)
                .SelectMany(other => other.Found).ToList();
            foreach (var (field, text) in new[] { ("text", row.Text), ("reply", row.Reply) })
            {
                Assert.All(PersonalLooking().Matches(text).Select(match => match.Value), found => Assert.True(
                    planted.Exists(piece => piece.Field == field && piece.Text.Contains(found)) || found == "7401 8832 0195 6643",
                    $"{row.Place}: '{found}' is not in planted.json."));
            }
        }
    }

    [Fact]
    public void None_of_it_belongs_to_anyone() => Assert.All(Planted, piece => Assert.True(
        piece.Kind switch
        {
            "email" => ReservedDomain().IsMatch(piece.Text),
            "phone" => ReservedNumber().IsMatch(piece.Text),
            "iban" => piece.Text is "GB82 WEST 1234 5698 7654 32" or "DE89 3704 0044 0532 0130 00",
            "credit_card" => piece.Text.Replace(" ", "") is "4111111111111111" or "5555555555554444",
            "address" => UnusedPostcodeArea().IsMatch(piece.Text),
            _ => piece.Kind == "name",
        },
        $"{piece.Kind} '{piece.Text}'"));

    [Fact]
    public void Account_and_card_numbers_pass_their_checks_and_the_tracking_number_does_not()
    {
        Assert.All(Planted.Where(piece => piece.Kind == "iban"), piece => Assert.Equal(1, Remainder(piece.Text.Replace(" ", ""))));
        Assert.All(Planted.Where(piece => piece.Kind == "credit_card"), piece => Assert.Equal(0, Luhn(piece.Text)));
        Assert.NotEqual(0, Luhn("7401 8832 0195 6643"));
    }

    /// <summary>ISO 13616: the number with its first four characters moved to the end, letters as 10 to 35, modulo 97.</summary>
    private static int Remainder(string iban) => (int)(BigInteger.Parse(
        string.Concat((iban[4..] + iban[..4]).Select(c => char.IsDigit(c) ? $"{c}" : $"{c - 'A' + 10}")),
        System.Globalization.CultureInfo.InvariantCulture) % 97);

    /// <summary>ISO/IEC 7812: every second digit from the right doubled, digits added up, modulo 10.</summary>
    private static int Luhn(string number) => number.Where(char.IsDigit).Reverse()
        .Select((c, place) => (c - '0') * (1 + (place % 2))).Sum(digit => (digit / 10) + (digit % 10)) % 10;

    /// <summary>E-mail addresses, eight or more digits, the start of an IBAN, British postcodes.</summary>
    [GeneratedRegex(@"[\w.+-]+@[\w-]+(\.[\w-]+)+|\d(?: ?\d){7,}|\b[A-Z]{2}\d{2} [A-Z0-9]{4}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")]
    private static partial Regex PersonalLooking();

    /// <summary>RFC 2606.</summary>
    [GeneratedRegex(@"^[\w.]+@(example\.(com|org|net)|\w+\.example)$")]
    private static partial Regex ReservedDomain();

    /// <summary>Ofcom's numbers for drama: mobile, London, Northern Ireland, no area.</summary>
    [GeneratedRegex(@"^(07700 900\d{3}|020 7946 0\d{3}|028 9649 6\d{3}|01632 960\d{3})$")]
    private static partial Regex ReservedNumber();

    /// <summary>No British postcode starts with one of these.</summary>
    [GeneratedRegex(@" (DM|FB|PJ)\d \d[A-Z]{2}$")]
    private static partial Regex UnusedPostcodeArea();
}
