using System.Text.Json;
using Attune.Data.Selection;
using Attune.Data.Sources;

namespace Attune.Data.Tests.Samples;

/// <summary>The data of samples/support: its rows as the reader gives them, and the list of its planted flaws.</summary>
internal static class SupportSample
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
    };

    public static string Folder { get; } = Path.Combine(Checkout.Root, "samples/support");

    public static DataOptions Options { get; } = new() { Train = Folder, Prompt = "{text}", BadRows = BadRows.Skip };

    public static DataSets Sets { get; } = DataSets.Load(Options);

    public static PlantedFlaws Planted { get; } =
        JsonSerializer.Deserialize<PlantedFlaws>(File.ReadAllText(Path.Combine(Folder, "planted.json")), Json)!;

    /// <summary>Every row that can be read.</summary>
    public static IReadOnlyList<SampleRow> Rows { get; } = [.. Sets.Parts.SelectMany(Read)];

    private static IEnumerable<SampleRow> Read(DataPart part)
    {
        var file = $"{part.Name}.jsonl";
        var used = part.Rows.Select(row => row.Origin.Line).ToHashSet();
        return RowFile.Read(Path.Combine(Folder, file), Options, new BadRowLog(BadRows.Skip)).Rows
            .Where(row => used.Contains(row.Origin.Line))
            .Select(row => new SampleRow(
                new Place(file, row.Origin.Line), (string)row.Fields["text"]!, (string)row.Fields["intent"]!, (string)row.Fields["reply"]!));
    }
}

/// <summary>A file of the sample and a 1-based line in it.</summary>
internal sealed record Place(string File, int Line)
{
    public override string ToString() => $"{File} line {Line}";
}

/// <summary>A row of the sample.</summary>
internal sealed record SampleRow(Place Place, string Text, string Intent, string Reply);

/// <summary>planted.json.</summary>
internal sealed record PlantedFlaws(
    IReadOnlyList<PlantedCopy> ExactDuplicates,
    IReadOnlyList<PlantedCopy> NearDuplicates,
    IReadOnlyList<PlantedPersonalData> PersonalData,
    IReadOnlyList<PlantedLeak> Leaks,
    IReadOnlyList<PlantedBadRow> BadRows);

/// <summary>A row that repeats an earlier or later one of its file.</summary>
internal sealed record PlantedCopy(string File, int Line, int OfLine);

/// <summary>A row with personal data, and where in it.</summary>
internal sealed record PlantedPersonalData(string File, int Line, IReadOnlyList<PersonalDatum> Found);

/// <summary>One piece of personal data: the field it stands in, its kind, its exact text.</summary>
internal sealed record PersonalDatum(string Field, string Kind, string Text);

/// <summary>A row of the test part that stands in the training part too.</summary>
internal sealed record PlantedLeak(int TestLine, int TrainLine, bool Exact);

/// <summary>A line that cannot be read.</summary>
internal sealed record PlantedBadRow(string File, int Line, string Kind);
