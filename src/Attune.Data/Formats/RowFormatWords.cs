using System.Text.Json;

namespace Attune.Data.Formats;

/// <summary>Row formats as recipes write them.</summary>
public static class RowFormatWords
{
    /// <summary><c>prompt_completion</c>, <c>sharegpt</c>, …</summary>
    public static string Word(this RowFormat format) =>
        format == RowFormat.ShareGpt ? "sharegpt" : JsonNamingPolicy.SnakeCaseLower.ConvertName(format.ToString());
}
