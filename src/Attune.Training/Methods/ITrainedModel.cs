using Attune.Training.Optimizers;

namespace Attune.Training.Methods;

/// <summary>What of a model is trained, and how it is saved.</summary>
public interface ITrainedModel
{
    /// <summary>The trained tensors, fp32.</summary>
    IReadOnlyList<TrainedTensor> Tensors { get; }

    /// <summary>About what <see cref="Save"/> writes, bytes.</summary>
    long SavedBytes { get; }

    /// <summary>Before the first micro-batch of an optimizer step.</summary>
    /// <param name="step">From 1; whatever is random in a step depends on it and the seed alone.</param>
    void BeginStep(int step);

    /// <summary>Before validation and generation.</summary>
    void EndTraining();

    /// <summary>Why a step with a learning rate above zero cannot have worked; null when it did.</summary>
    string? WhyStill();

    /// <summary>Writes the weights into a folder that others can load.</summary>
    void Save(string folder);
}
