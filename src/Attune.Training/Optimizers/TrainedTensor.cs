using static TorchSharp.torch;

namespace Attune.Training.Optimizers;

/// <summary>One tensor that is trained.</summary>
/// <param name="Name">Unique; under this name its optimizer state is saved.</param>
/// <param name="Value">The fp32 master, contiguous; its <c>grad</c> is what an optimizer reads.</param>
/// <param name="Decays">Whether weight decay acts on it; false for norms and biases.</param>
/// <param name="IsHiddenMatrix">Whether it is the weight of a linear layer of the model, [out features, in features], the output layer excepted.</param>
public sealed record TrainedTensor(string Name, Tensor Value, bool Decays = true, bool IsHiddenMatrix = false);
