using Attune.Models.Architectures;
using Attune.Models.Export;
using Attune.Models.Layers;
using Attune.Models.Weights;
using Attune.Training.Optimizers;
using static TorchSharp.torch;

namespace Attune.Training.Methods;

/// <summary>Trains every weight as an fp32 master, which layers cast to the compute type on use.</summary>
public sealed class FullTraining : ITrainedModel
{
    private readonly LlamaDecoder _decoder;
    private readonly string _basePath;

    /// <summary>Puts masters in the place of a decoder's weights.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="masters">Where their values come from: the base model, read anew so that nothing was rounded on the way, or a checkpoint.</param>
    /// <param name="basePath">The base model: checkpoints take configuration and tokenizer from it.</param>
    public FullTraining(LlamaDecoder decoder, IWeightSource masters, string basePath)
    {
        (_decoder, _basePath) = (decoder, basePath);
        var hidden = decoder.Linears.Where(linear => linear.Name != "lm_head").Select(linear => $"{linear.Name}.weight").ToHashSet();
        Tensors = [.. decoder.Parameters.Select(parameter => Master(parameter, masters, hidden.Contains(parameter.Name)))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<TrainedTensor> Tensors { get; }

    /// <inheritdoc/>
    public long SavedBytes => sizeof(float) * Tensors.Sum(tensor => tensor.Value.numel());

    /// <inheritdoc/>
    public void BeginStep(int step)
    {
        // Nothing is random in a step.
    }

    /// <inheritdoc/>
    public void EndTraining()
    {
        // The same in training and validation.
    }

    /// <inheritdoc/>
    public string? WhyStill() => null; // Weights that start at anything but zero do not show whether they moved.

    /// <inheritdoc/>
    public void Save(string folder) => HuggingFaceFolder.Write(folder, _decoder, _basePath, ScalarType.Float32);

    private static TrainedTensor Master(Parameter parameter, IWeightSource masters, bool isHiddenMatrix)
    {
        var frozen = parameter.Value;
        parameter.Value = masters.Load(parameter.Name, ScalarType.Float32).contiguous().DetachFromDisposeScope();
        parameter.IsTrained = true;
        frozen.Dispose();
        return new TrainedTensor(parameter.Name, parameter.Value, Decays: parameter.Value.dim() > 1, isHiddenMatrix); // the others are norms and biases
    }
}
