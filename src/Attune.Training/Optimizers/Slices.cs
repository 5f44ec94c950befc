using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Work on the elements of a tensor, in parallel by torch's number of threads.</summary>
internal static class Slices
{
    /// <summary>Elements of one thread's turn: whole blocks of any quantization.</summary>
    public const int Length = 1 << 16;

    /// <summary>Runs work on all elements; where the slices lie does not depend on the number of threads.</summary>
    /// <param name="elements">How many there are.</param>
    /// <param name="work">Is given the first element of a slice and how many it has.</param>
    public static void Run(int elements, Action<int, int> work)
    {
        var slices = (int)(((long)elements + Length - 1) / Length);
        if (slices == 1) One(0);
        else Parallel.For(0, slices, new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() }, One);

        void One(int slice) => work(slice * Length, Math.Min(Length, elements - (slice * Length)));
    }
}
