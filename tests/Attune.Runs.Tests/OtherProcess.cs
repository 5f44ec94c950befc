using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Attune.Runs.Checkpoints;
using Attune.Runs.Metrics;

namespace Attune.Runs.Tests;

/// <summary>This test program started once more, to hold a lock or to write, until it is killed.</summary>
internal static class OtherProcess
{
    private const string Task = "ATTUNE_RUNS_TEST_TASK";

    public static Process Start(string task, string runFolder)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(OtherProcess).Assembly.Location])
        {
            Environment = { [Task] = $"{task} {runFolder}" },
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        var process = Process.Start(start)!;
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public static void KillAndWait(this Process process)
    {
        process.Kill();
        process.WaitForExit();
    }

    [ModuleInitializer]
    internal static void RunTask()
    {
        if (Environment.GetEnvironmentVariable(Task)?.Split(' ', 2) is not [var task, var folder]) return;
        var run = RunDirectory.Open(folder);
        using var held = RunLock.Take(folder);
        var random = new Random();
        using var log = MetricsLog.Open(run.MetricsPath, TimeProvider.System);
        var store = new CheckpointStore(run, saveTotalLimit: 2);
        var first = (store.Resume(_ => Console.WriteLine("damage")) is { } last ? last.Step : 0) + 1;
        if (first > 1) log.AppendResumed(first - 1, Checkpoint.NameOf(first - 1));
        Console.WriteLine("ready");
        if (task == "hold") Thread.Sleep(Timeout.Infinite);
        for (var step = first; ; step++)
        {
            log.Append(step, (MetricNames.Loss, step));
            store.Save(step, isBest: step % 3 == 0, 0, new JsonObject { ["step"] = step }, at => WriteSlowly(at, step, random));
        }
    }

    private static void WriteSlowly(string folder, int step, Random random)
    {
        for (var file = 0; file < 3; file++)
        {
            using var stream = File.Create(Path.Combine(folder, $"part-{file}"));
            for (var block = 0; block < 4; block++)
            {
                stream.Write(new byte[10_000 + step]);
                stream.Flush();
                if (random.Next(4) == 0) Thread.Sleep(1);
            }
        }
    }
}
