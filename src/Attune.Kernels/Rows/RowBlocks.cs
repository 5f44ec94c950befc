using Attune.Kernels.Threads;

namespace Attune.Kernels.Rows;

/// <summary>Gives the rows of a matrix to the threads, some at a time.</summary>
internal static class RowBlocks
{
    private const int Rows = 16;

    /// <summary>Calls a function for every row.</summary>
    public static void Run(Team team, int rows, Action<int> body, KernelKind kind = KernelKind.Rows) =>
        team.Run((rows + Rows - 1) / Rows, (block, _) =>
        {
            for (var row = block * Rows; row < Math.Min(rows, (block + 1) * Rows); row++) body(row);
        }, kind);
}
