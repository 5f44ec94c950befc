using System.Globalization;

namespace Attune.Text.Unicode;

/// <summary>
/// Decompositions, compositions and combining classes. .NET has them only through ICU, which Attune does without
/// (invariant globalization), so they come along as a file made from Unicode's own.
/// </summary>
internal sealed class NormalizationData
{
    private static readonly Lazy<NormalizationData> Loaded = new(() => new NormalizationData());

    private readonly Dictionary<int, int[]> canonical = [];
    private readonly Dictionary<int, int[]> compatible = [];
    private readonly Dictionary<(int First, int Second), int> compositions = [];
    private readonly Dictionary<int, byte> classes = [];
    private readonly HashSet<int> notComposed = [];
    private readonly HashSet<int> seconds = [];

    private NormalizationData()
    {
        using var stream = typeof(NormalizationData).Assembly.GetManifestResourceStream("Attune.Text.Unicode.normalization.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] != '#') Add(line[0], line[2..].Split(' '));
        }
    }

    public static NormalizationData Instance => Loaded.Value;

    /// <summary>Canonical_Combining_Class, 0 to 254.</summary>
    public int Class(int codePoint) => classes.GetValueOrDefault(codePoint);

    /// <summary>What a code point stands for in one step, or null.</summary>
    public int[]? Decompose(int codePoint, bool compatibility) =>
        canonical.TryGetValue(codePoint, out var parts) || (compatibility && compatible.TryGetValue(codePoint, out parts)) ? parts : null;

    /// <summary>What a pair is composed to, or −1.</summary>
    public int Compose(int first, int second) => compositions.GetValueOrDefault((first, second), -1);

    /// <summary>Whether a text with this code point may not be in a form already.</summary>
    public bool MayChange(int codePoint, bool compose, bool compatibility)
    {
        if (codePoint < 0xA0) return false;
        if (classes.ContainsKey(codePoint) || (compatibility && compatible.ContainsKey(codePoint))) return true;
        return compose
            ? notComposed.Contains(codePoint) || seconds.Contains(codePoint) || codePoint is >= Hangul.FirstVowel and < Hangul.EndTrail
            : canonical.ContainsKey(codePoint) || Hangul.IsSyllable(codePoint);
    }

    private void Add(char kind, string[] fields)
    {
        if (kind == 'M')
        {
            for (var c = Hex(fields[0]); c <= Hex(fields[1]); c++) classes[c] = byte.Parse(fields[2], CultureInfo.InvariantCulture);
            return;
        }

        var codePoint = Hex(fields[0]);
        var parts = fields.Skip(1).Select(Hex).ToArray();
        (kind == 'K' ? compatible : canonical)[codePoint] = parts;
        if (kind == 'D') notComposed.Add(codePoint);
        if (kind != 'C') return;
        compositions[(parts[0], parts[1])] = codePoint;
        seconds.Add(parts[1]);
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
