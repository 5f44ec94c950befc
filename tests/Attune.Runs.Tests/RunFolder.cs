namespace Attune.Runs.Tests;

/// <summary>A temporary folder with a run in it.</summary>
public sealed class RunFolder : IDisposable
{
    public RunFolder()
    {
        Output = Directory.CreateTempSubdirectory("attune").FullName;
        Run = RunDirectory.Create(Output, "test", "name: test\n", new FixedClock());
    }

    public string Output { get; }

    public RunDirectory Run { get; }

    public string At(string relative) => Path.Combine(Run.Path, relative);

    public void Dispose() => Directory.Delete(Output, recursive: true);

    /// <summary>14:32 on 23 November 2026, local time.</summary>
    public sealed class FixedClock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => new(2026, 11, 23, 14, 32, 10, TimeSpan.Zero);
    }
}
