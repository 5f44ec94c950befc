using Attune.Kernels.Memory;
using Attune.Kernels.Threads;

namespace Attune.Kernels.Rows;

/// <summary>Rows become columns: what a sum over tokens wants as its left-hand matrix.</summary>
public static class Transposition
{
    private const int Rows = 256; // of a task, even

    /// <summary>target[column, row] = source[row, column] for some pairs of matrices.</summary>
    /// <param name="team">The threads.</param>
    /// <param name="pairs">
    /// Source [rows, columns] and target [columns, rows] of the same type. In bf16 with an odd number of rows, one zero
    /// follows each of the target's rows.
    /// </param>
    public static void Run(Team team, params (Matrix Source, Matrix Target)[] pairs)
    {
        var tasks = (
            from pair in pairs
            from first in Enumerable.Range(0, (pair.Source.Rows + Rows - 1) / Rows).Select(block => block * Rows)
            let count = Math.Min(Rows, pair.Source.Rows - first)
            select (Source: pair.Source.SliceRows(first, count), Target: pair.Target.SliceColumns(first, count))).ToArray();
        team.Run(tasks.Length, (task, _) => BlockTransposition.Run(tasks[task].Source, tasks[task].Target));
    }
}
