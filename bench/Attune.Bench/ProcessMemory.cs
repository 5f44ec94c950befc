using System.Diagnostics;

namespace Attune.Bench;

/// <summary>Resident memory of this process.</summary>
internal static class ProcessMemory
{
    /// <summary>At its highest since the process began, bytes (VmHWM).</summary>
    public static long Peak()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
