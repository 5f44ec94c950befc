using System.Text.Json.Nodes;

namespace Attune.Runs;

/// <summary>
/// One process at a time writes a run. The operating system holds the lock on <c>run.lock</c> and frees it when the
/// process ends, however it ends; <c>run.lock.json</c> only says who it is.
/// </summary>
public sealed class RunLock : IDisposable
{
    private const int Tries = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _stream;
    private readonly string _holder;

    private RunLock(FileStream stream, string holder) => (_stream, _holder) = (stream, holder);

    /// <summary>Takes the lock; that of a dead process is free.</summary>
    /// <param name="folder">The run directory.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: another process, which is named, has it.</exception>
    public static RunLock Take(string folder)
    {
        var holder = HolderPath(folder);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new RunLock(Open(folder, holder), holder);
            }
            catch (IOException exception) when (IsTaken(exception))
            {
                if (attempt == Tries)
                    throw new AttuneException(ExitCode.Run, $"{folder} is in use by {Holder(holder)}.", "Wait for it to end, or stop it; then try again.", exception);
                Thread.Sleep(Pause); // A reader that asks IsHeld has it for a moment.
            }
        }
    }

    /// <summary>Whether a living process has the lock.</summary>
    public static bool IsHeld(string folder)
    {
        try
        {
            using var stream = new FileStream(LockPath(folder), FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (IOException exception)
        {
            return IsTaken(exception);
        }
    }

    /// <summary>Frees the run for others.</summary>
    public void Dispose()
    {
        File.Delete(_holder);
        _stream.Dispose();
    }

    private static FileStream Open(string folder, string holder)
    {
        var stream = new FileStream(LockPath(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        try
        {
            JsonFile.Write(holder, new JsonObject { ["process"] = Environment.ProcessId, ["machine"] = Environment.MachineName });
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static string LockPath(string folder) => Path.Combine(folder, "run.lock");

    private static string HolderPath(string folder) => Path.Combine(folder, "run.lock.json");

    /// <summary>EWOULDBLOCK of Linux and macOS, ERROR_SHARING_VIOLATION of Windows.</summary>
    private static bool IsTaken(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);

    private static string Holder(string path)
    {
        try
        {
            var holder = JsonFile.Read(path);
            return $"process {holder["process"]} on {holder["machine"]}";
        }
        catch (AttuneException)
        {
            return "another process"; // It has just taken the lock, or is about to free it.
        }
    }
}
