using System.Globalization;
using System.Text;

namespace Attune.Text.Unicode;

/// <summary>A set of code points, without surrogates, as ranges in order that neither touch nor overlap.</summary>
internal sealed class CodePointSet
{
    private static readonly Dictionary<int, int[]> FurtherCases = new()
    {
        ['s'] = [0x17F], ['k'] = [0x212A], [0xE5] = [0x212B], [0xB5] = [0x3BC], [0x3C3] = [0x3C2],
    };

    private readonly (int First, int Last)[] ranges;

    /// <summary>The union of ranges, in any order.</summary>
    public CodePointSet(IEnumerable<(int First, int Last)> ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach (var (first, last) in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[^1].Last + 1) merged[^1] = (merged[^1].First, Math.Max(last, merged[^1].Last));
            else merged.Add((first, last));
        }

        this.ranges = [.. merged];
    }

    public static CodePointSet All { get; } = new([(0, 0xD7FF), (0xE000, 0x10FFFF)]);

    public static CodePointSet Of(int codePoint) => new([(codePoint, codePoint)]);

    public CodePointSet Union(CodePointSet other) => new(ranges.Concat(other.ranges));

    public CodePointSet Complement()
    {
        var gaps = new List<(int, int)>();
        var next = 0;
        foreach (var (first, last) in ranges)
        {
            if (first > next) gaps.Add((next, first - 1));
            next = last + 1;
        }

        if (next <= 0x10FFFF) gaps.Add((next, 0x10FFFF));
        return new CodePointSet(gaps).WithoutSurrogates();
    }

    /// <summary>What is in both.</summary>
    public CodePointSet Intersect(CodePointSet other)
    {
        var common = new List<(int, int)>();
        foreach (var (first, last) in ranges)
        {
            foreach (var (otherFirst, otherLast) in other.ranges)
            {
                var (low, high) = (Math.Max(first, otherFirst), Math.Min(last, otherLast));
                if (low <= high) common.Add((low, high));
            }
        }

        return new CodePointSet(common);
    }

    /// <summary>With upper, lower and further cases of every member (simple case folding).</summary>
    public CodePointSet WithAllCases()
    {
        var added = new List<(int, int)>(ranges);
        foreach (var (first, last) in ranges)
        {
            for (var c = first; c <= last; c++)
            {
                var lower = Rune.ToLowerInvariant(new Rune(c)).Value;
                var upper = Rune.ToUpperInvariant(new Rune(c)).Value;
                added.Add((lower, lower));
                added.Add((upper, upper));
                foreach (var (letter, others) in FurtherCases)
                {
                    if (lower != letter && !others.Contains(c)) continue;
                    added.Add((letter, letter));
                    var capital = Rune.ToUpperInvariant(new Rune(letter)).Value;
                    added.Add((capital, capital));
                    added.AddRange(others.Select(other => (other, other)));
                }
            }
        }

        return new CodePointSet(added);
    }

    /// <summary>A regular expression of .NET, which sees UTF-16, that matches one code point of the set.</summary>
    public string ToRegex()
    {
        var basic = new StringBuilder();
        var others = new StringBuilder();
        foreach (var (first, last) in ranges)
        {
            if (first <= 0xFFFF) Append(basic, first, Math.Min(last, 0xFFFF));
            if (last > 0xFFFF) AppendPairs(others, Math.Max(first, 0x10000) - 0x10000, last - 0x10000);
        }

        if (others.Length == 0) return basic.Length == 0 ? "(?!)" : $"[{basic}]";
        return basic.Length == 0 ? $"(?:{others.ToString(1, others.Length - 1)})" : $"(?:[{basic}]{others})";
    }

    private CodePointSet WithoutSurrogates() => Intersect(All);

    // Offsets above U+FFFF: the upper ten bits choose the first surrogate, the lower ten the second.
    private static void AppendPairs(StringBuilder text, int first, int last)
    {
        while (first <= last)
        {
            var high = first >> 10;
            var wholeHighs = (first & 0x3FF) == 0 ? ((last + 1) >> 10) - high : 0;
            var end = wholeHighs > 0 ? ((high + wholeHighs) << 10) - 1 : Math.Min(last, (high << 10) | 0x3FF);
            text.Append("|[");
            Append(text, 0xD800 + high, 0xD800 + (end >> 10));
            text.Append("][");
            Append(text, 0xDC00 + (first & 0x3FF), 0xDC00 + (end & 0x3FF));
            text.Append(']');
            first = end + 1;
        }
    }

    private static void Append(StringBuilder text, int first, int last) =>
        text.Append(CultureInfo.InvariantCulture, $"\\u{first:X4}-\\u{last:X4}");
}
