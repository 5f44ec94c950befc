using System.Runtime.Intrinsics.X86;

namespace Attune.Kernels.Memory;

/// <summary>
/// Asks for memory before it is read. A head's rows lie a whole row of all heads apart, which the processor's own prefetching
/// does not follow: read one after the other, each would wait for main memory.
/// </summary>
internal static unsafe class Prefetching
{
    private const int Line = 64;

    /// <summary>Asks for all of a small matrix.</summary>
    public static void All(Matrix matrix)
    {
        if (!Sse.IsSupported) return;
        var bytes = matrix.Columns * matrix.Type.Size();
        for (var row = 0; row < matrix.Rows; row++)
        {
            for (var at = 0; at < bytes; at += Line) Sse.Prefetch1(matrix.Row(row) + at);
        }
    }
}
