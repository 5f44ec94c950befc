using System.Globalization;

namespace Attune.Text.Unicode;

/// <summary>Sets by name: general categories, the scripts of East Asia, POSIX classes.</summary>
internal static class CodePointSets
{
    private static readonly Lazy<CodePointSet[]> ByCategory = new(ReadCategories);

    private static readonly Dictionary<string, UnicodeCategory> ShortNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter, ["Ll"] = UnicodeCategory.LowercaseLetter,
        ["Lt"] = UnicodeCategory.TitlecaseLetter, ["Lm"] = UnicodeCategory.ModifierLetter,
        ["Lo"] = UnicodeCategory.OtherLetter, ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark, ["Me"] = UnicodeCategory.EnclosingMark,
        ["Nd"] = UnicodeCategory.DecimalDigitNumber, ["Nl"] = UnicodeCategory.LetterNumber,
        ["No"] = UnicodeCategory.OtherNumber, ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator, ["Zp"] = UnicodeCategory.ParagraphSeparator,
        ["Cc"] = UnicodeCategory.Control, ["Cf"] = UnicodeCategory.Format,
        ["Co"] = UnicodeCategory.PrivateUse, ["Cn"] = UnicodeCategory.OtherNotAssigned,
        ["Pc"] = UnicodeCategory.ConnectorPunctuation, ["Pd"] = UnicodeCategory.DashPunctuation,
        ["Ps"] = UnicodeCategory.OpenPunctuation, ["Pe"] = UnicodeCategory.ClosePunctuation,
        ["Pi"] = UnicodeCategory.InitialQuotePunctuation, ["Pf"] = UnicodeCategory.FinalQuotePunctuation,
        ["Po"] = UnicodeCategory.OtherPunctuation, ["Sm"] = UnicodeCategory.MathSymbol,
        ["Sc"] = UnicodeCategory.CurrencySymbol, ["Sk"] = UnicodeCategory.ModifierSymbol,
        ["So"] = UnicodeCategory.OtherSymbol,
    };

    // Scripts.txt of Unicode 16.
    private static readonly Dictionary<string, CodePointSet> Scripts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Han"] = new([
            (0x2E80, 0x2E99), (0x2E9B, 0x2EF3), (0x2F00, 0x2FD5), (0x3005, 0x3005), (0x3007, 0x3007), (0x3021, 0x3029),
            (0x3038, 0x303B), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFA6D), (0xFA70, 0xFAD9), (0x16FE2, 0x16FE3),
            (0x16FF0, 0x16FF1), (0x20000, 0x2A6DF), (0x2A700, 0x2B739), (0x2B740, 0x2B81D), (0x2B820, 0x2CEA1),
            (0x2CEB0, 0x2EBE0), (0x2EBF0, 0x2EE5D), (0x2F800, 0x2FA1D), (0x30000, 0x3134A), (0x31350, 0x323AF)]),
        ["Hiragana"] = new([(0x3041, 0x3096), (0x309D, 0x309F), (0x1B001, 0x1B11F), (0x1B132, 0x1B132), (0x1B150, 0x1B152), (0x1F200, 0x1F200)]),
        ["Katakana"] = new([
            (0x30A1, 0x30FA), (0x30FD, 0x30FF), (0x31F0, 0x31FF), (0x32D0, 0x32FE), (0x3300, 0x3357), (0xFF66, 0xFF6F),
            (0xFF71, 0xFF9D), (0x1AFF0, 0x1AFF3), (0x1AFF5, 0x1AFFB), (0x1AFFD, 0x1AFFE), (0x1B000, 0x1B000),
            (0x1B120, 0x1B122), (0x1B155, 0x1B155), (0x1B164, 0x1B167)]),
        ["Hangul"] = new([
            (0x1100, 0x11FF), (0x302E, 0x302F), (0x3131, 0x318E), (0x3200, 0x321E), (0x3260, 0x327E), (0xA960, 0xA97C),
            (0xAC00, 0xD7A3), (0xD7B0, 0xD7C6), (0xD7CB, 0xD7FB), (0xFFA0, 0xFFBE), (0xFFC2, 0xFFC7), (0xFFCA, 0xFFCF),
            (0xFFD2, 0xFFD7), (0xFFDA, 0xFFDC)]),
    };

    // Circled and squared letters: letters in all but category (Other_Alphabetic outside of marks).
    private static readonly CodePointSet LetterSymbols = new([(0x24B6, 0x24E9), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)]);

    /// <summary><c>\s</c>: White_Space.</summary>
    public static CodePointSet Space { get; } =
        new([(9, 13), (32, 32), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000)]);

    /// <summary><c>\h</c> of Ruby: hexadecimal digits.</summary>
    public static CodePointSet HexDigit { get; } = new([('0', '9'), ('A', 'F'), ('a', 'f')]);

    /// <summary><c>\d</c>: category Nd.</summary>
    public static CodePointSet Digit => ByCategory.Value[(int)UnicodeCategory.DecimalDigitNumber];

    /// <summary><c>\w</c>: letters, marks, decimal digits, connectors; in Latin-1 Oniguruma adds ² ³ ¹ ¼ ½ ¾.</summary>
    public static CodePointSet Word => Alphabetic.Union(Category("M")!).Union(Digit).Union(Category("Pc")!)
        .Union(new([(0xB2, 0xB3), (0xB9, 0xB9), (0xBC, 0xBE)]));

    private static CodePointSet Alphabetic => Category("L")!.Union(Category("Nl")!).Union(LetterSymbols);

    /// <summary>The set that <c>\p{name}</c> or <c>[:name:]</c> means, or null.</summary>
    public static CodePointSet? Named(string name) => name.ToLowerInvariant() switch
    {
        "digit" => Digit,
        "space" => Space,
        "word" => Word,
        "xdigit" => HexDigit,
        "alpha" or "alphabetic" => Alphabetic,
        "alnum" => Alphabetic.Union(Digit),
        "blank" => Category("Zs")!.Union(CodePointSet.Of('\t')),
        "cntrl" => Category("Cc"),
        "punct" => Category("P")!.Union(Category("S")!),
        "upper" => Category("Lu")!.Union(new([(0x2160, 0x216F), (0x24B6, 0x24CF), (0x1F130, 0x1F149), (0x1F150, 0x1F169), (0x1F170, 0x1F189)])),
        "lower" => Category("Ll")!.Union(new([(0xAA, 0xAA), (0xBA, 0xBA), (0x2170, 0x217F), (0x24D0, 0x24E9)])),
        "any" => CodePointSet.All,
        "ascii" => new([(0, 127)]),
        _ => Category(name) ?? Scripts.GetValueOrDefault(name),
    };

    // A category by its short name; one letter means all that begin with it.
    private static CodePointSet? Category(string name)
    {
        if (ShortNames.TryGetValue(name, out var category)) return ByCategory.Value[(int)category];
        if (name.Length != 1 || !"LMNPSZC".Contains(name, StringComparison.OrdinalIgnoreCase)) return null;
        return ShortNames.Where(pair => pair.Key.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            .Select(pair => ByCategory.Value[(int)pair.Value]).Aggregate((all, one) => all.Union(one));
    }

    private static CodePointSet[] ReadCategories()
    {
        var ranges = new List<(int, int)>[30];
        for (var i = 0; i < ranges.Length; i++) ranges[i] = [];
        var first = 0;
        for (var c = 1; c <= 0x110000; c++)
        {
            if (c < 0x110000 && CharUnicodeInfo.GetUnicodeCategory(c) == CharUnicodeInfo.GetUnicodeCategory(first)) continue;
            ranges[(int)CharUnicodeInfo.GetUnicodeCategory(first)].Add((first, c - 1));
            first = c;
        }

        return [.. ranges.Select(list => new CodePointSet(list))];
    }
}
