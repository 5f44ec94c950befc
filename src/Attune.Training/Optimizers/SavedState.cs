using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Reads what an optimizer saved.</summary>
internal static class SavedState
{
    /// <summary>Copies a saved tensor.</summary>
    /// <param name="target">Receives it.</param>
    /// <param name="load">Gives a tensor by name; it is disposed here.</param>
    /// <param name="name">Its name.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: another shape or type.</exception>
    public static void Fill(Tensor target, Func<string, Tensor> load, string name)
    {
        using var _ = no_grad();
        using var saved = load(name);
        if (saved.dtype != target.dtype || !saved.shape.SequenceEqual(target.shape))
            throw new AttuneException(ExitCode.Run, $"Optimizer state '{name}' is {Described(saved)}, expected {Described(target)}.");
        target.copy_(saved);
    }

    /// <summary>A saved count of steps.</summary>
    public static long Steps(Func<string, Tensor> load, string name)
    {
        using var saved = load(name);
        return saved.item<long>();
    }

    private static string Described(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
