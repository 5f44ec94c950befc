using System.Globalization;

namespace Attune.Cli.Terminal;

/// <summary>Numbers as people read them, the same in every culture.</summary>
public static class Units
{
    /// <summary>Bytes in powers of 1,000: 1.2 GB.</summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000 => $"{bytes} B",
        < 1_000_000 => Round(bytes / 1e3, "kB"),
        < 1_000_000_000 => Round(bytes / 1e6, "MB"),
        _ => Round(bytes / 1e9, "GB"),
    };

    /// <summary>Counts with thousands separators: 4,884,480.</summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Durations: 48 s, 3 min 12 s, 2 h 05 min.</summary>
    public static string Time(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => time.TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture),
        { TotalMinutes: < 1 } => time.TotalSeconds.ToString("0 s", CultureInfo.InvariantCulture),
        { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min {time.Seconds:00} s",
        _ => $"{(int)time.TotalHours} h {time.Minutes:00} min",
    };

    private static string Round(double value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)} {unit}");
}
