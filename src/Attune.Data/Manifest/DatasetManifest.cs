using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Selection;

namespace Attune.Data.Manifest;

/// <summary>What a run was trained and measured on: <c>data/manifest.json</c>.</summary>
/// <param name="Sources">Files read, with their hashes.</param>
/// <param name="Mapping">How columns were understood.</param>
/// <param name="Labels">Labels of the task.</param>
/// <param name="Parts">What each part comes to.</param>
/// <param name="Removed">Every row left out, and why.</param>
/// <param name="Overlaps">Exact duplicates within and between parts.</param>
public sealed record DatasetManifest(
    IReadOnlyList<ManifestSource> Sources,
    RowMapping Mapping,
    IReadOnlyList<string> Labels,
    IReadOnlyList<ManifestPart> Parts,
    IReadOnlyList<RemovedRow> Removed,
    IReadOnlyList<Overlap> Overlaps)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>The manifest of prepared data; reads the source files once more for their hashes.</summary>
    public static DatasetManifest Of(PreparedData data) => new(
        [.. data.Sets.Sources.Select(source => new ManifestSource(
            source.Part, source.Path, source.RowsRead, source.RowsUsed, [.. source.Files.Select(ManifestFile.Of)]))],
        data.Sets.Mapping,
        data.Sets.Labels,
        [.. data.Parts.Select(part => new ManifestPart(
            part.Name, part.Examples.Count, part.Tokens, part.LabelTokens, part.Truncated,
            data.Sets.Parts.First(source => source.Name == part.Name).LabelCounts))],
        [
            .. data.BadRows.Select(row => new RemovedRow(null, row.File, row.Line, row.Reason)),
            .. data.Parts.SelectMany(part => part.Dropped.Select(row => new RemovedRow(part.Name, row.File, row.Line, row.Reason))),
        ],
        data.Sets.Overlaps);

    /// <summary>The manifest as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";
}

/// <summary>A source of rows.</summary>
/// <param name="Part">What it was read for.</param>
/// <param name="Path">File or folder as named.</param>
/// <param name="RowsRead">Records found.</param>
/// <param name="RowsUsed">Rows made of them, before labels, split and limits.</param>
/// <param name="Files">Its files.</param>
public sealed record ManifestSource(string Part, string Path, int RowsRead, int RowsUsed, IReadOnlyList<ManifestFile> Files);

/// <summary>A file and its hash.</summary>
/// <param name="Path">The file as named.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">SHA-256 of its bytes, lower-case hexadecimal.</param>
public sealed record ManifestFile(string Path, long Bytes, string Sha256)
{
    internal static ManifestFile Of(string path)
    {
        using var stream = File.OpenRead(path);
        return new ManifestFile(path, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }
}

/// <summary>What a part comes to.</summary>
public sealed record ManifestPart(
    string Name, int Examples, long Tokens, long LabelTokens, int Truncated, IReadOnlyDictionary<string, int> LabelCounts);

/// <summary>A row left out.</summary>
/// <param name="Part">The part it would have belonged to; null where it was malformed when read.</param>
/// <param name="File">Its file.</param>
/// <param name="Line">Its line.</param>
/// <param name="Reason">Why.</param>
public sealed record RemovedRow(string? Part, string File, int Line, string Reason);
