namespace Attune.Cli;

/// <summary>What this machine has.</summary>
internal static class Machine
{
    /// <summary>Memory that this process may use, bytes: the machine's, or the limit of its container.</summary>
    public static long Memory => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
