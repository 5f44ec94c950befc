using System.Diagnostics;

namespace Attune.Training.Loop;

/// <summary>Resident memory of this process, bytes.</summary>
internal static class ProcessMemory
{
    /// <summary>Now.</summary>
    public static long Resident() => Environment.WorkingSet;

    /// <summary>At its highest.</summary>
    public static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
