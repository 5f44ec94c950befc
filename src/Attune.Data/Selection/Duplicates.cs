using System.IO.Hashing;
using System.Runtime.InteropServices;
using Attune.Data.Sources;

namespace Attune.Data.Selection;

/// <summary>Rows whose text is met again, exactly, inside a part or in another one.</summary>
/// <param name="Part">The part whose rows are counted.</param>
/// <param name="AlsoIn">The part where they were met before; the same part: repeated rows.</param>
/// <param name="Rows">How many rows of <paramref name="Part"/>.</param>
/// <param name="Examples">The first few: the row, and where its text was met before.</param>
public sealed record Overlap(string Part, string AlsoIn, int Rows, IReadOnlyList<RowPair> Examples);

/// <summary>A row and its earlier twin.</summary>
public sealed record RowPair(RowOrigin Row, RowOrigin Earlier);

/// <summary>Counts exact duplicates within and between parts; what leaks from training into validation or test.</summary>
public static class Duplicates
{
    private const int ExamplesKept = 5;

    /// <summary>
    /// One entry for every pair of parts (train, validation, test in that order) that share texts. A row is counted
    /// once: with the first part that holds its text.
    /// </summary>
    public static IReadOnlyList<Overlap> Count(IReadOnlyList<DataPart> parts)
    {
        var met = new Dictionary<UInt128, (string Part, RowOrigin Origin)>();
        var found = new Dictionary<(string Part, string AlsoIn), (int Rows, List<RowPair> Examples)>();
        foreach (var part in parts)
        {
            foreach (var row in part.Rows)
            {
                var key = XxHash128.HashToUInt128(MemoryMarshal.AsBytes(row.DuplicateKey.AsSpan()));
                if (met.TryAdd(key, (part.Name, row.Origin))) continue;
                var earlier = met[key];
                var (rows, examples) = found.GetValueOrDefault((part.Name, earlier.Part), (0, []));
                if (examples.Count < ExamplesKept) examples.Add(new RowPair(row.Origin, earlier.Origin));
                found[(part.Name, earlier.Part)] = (rows + 1, examples);
            }
        }

        return [.. found.Select(pair => new Overlap(pair.Key.Part, pair.Key.AlsoIn, pair.Value.Rows, pair.Value.Examples))];
    }
}
