using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>Moves tensors by their gradients and remembers what it needs from step to step.</summary>
public interface IOptimizer : IDisposable
{
    /// <summary>Size of the state, bytes.</summary>
    long StateBytes { get; }

    /// <summary>One update of every tensor that has a gradient.</summary>
    /// <param name="learningRate">The rate of this step; 0 still moves the state.</param>
    /// <param name="gradientFactor">Gradients are multiplied by this first: <see cref="GradientNorm.ClipFactor"/>.</param>
    void Step(double learningRate, double gradientFactor = 1);

    /// <summary>All state, by names that begin with those of the tensors.</summary>
    /// <returns>Live tensors; the counts of steps among them, <c>{tensor}.step</c> (int64), are the caller's to dispose.</returns>
    IEnumerable<(string Name, Tensor Value)> State();

    /// <summary>Goes on from a saved state, bit for bit.</summary>
    /// <param name="load">Gives a tensor by a name of <see cref="State"/>; it is disposed here.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: a tensor of another shape or type.</exception>
    void Restore(Func<string, Tensor> load);
}
