namespace Attune.Data.Sources;

/// <summary>Bounds on what a data file may ask of memory.</summary>
public static class SourceLimits
{
    /// <summary>Longest line, and longest record of a CSV. Bytes.</summary>
    public const int LineBytes = 16 << 20;

    /// <summary>Largest .json file: an array is read as a whole. Bytes, unpacked.</summary>
    public const int JsonArrayBytes = 1 << 30;

    /// <summary>Columns of a CSV or TSV.</summary>
    public const int Columns = 4096;

    /// <summary>A .gz may unpack to this many times its size plus <see cref="GzipFreeBytes"/>; text packs about 3 to 20 times.</summary>
    public const long GzipRatio = 100;

    /// <summary>What any .gz may unpack to whatever its size. Bytes.</summary>
    public const long GzipFreeBytes = 16 << 20;
}
