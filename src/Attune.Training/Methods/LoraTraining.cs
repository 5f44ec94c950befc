using Attune.Models.Adapters.Lora;
using Attune.Training.Optimizers;

namespace Attune.Training.Methods;

/// <summary>Trains an adapter; the base model stays as it is.</summary>
/// <param name="adapter">A new one, or that of a checkpoint.</param>
public sealed class LoraTraining(LoraAdapter adapter) : ITrainedModel
{
    /// <inheritdoc/>
    public IReadOnlyList<TrainedTensor> Tensors { get; } =
        [.. adapter.Parameters.Select(parameter => new TrainedTensor(parameter.Name, parameter.Value, Decays: parameter.Value.dim() > 1))];

    /// <inheritdoc/>
    public long SavedBytes => sizeof(float) * adapter.TrainableParameters;

    /// <inheritdoc/>
    public void BeginStep(int step) => adapter.BeginStep(step);

    /// <inheritdoc/>
    public void EndTraining() => adapter.EndTraining();

    /// <inheritdoc/>
    public string? WhyStill()
    {
        var all = Tensors.Where(tensor => tensor.Name.Contains(".lora_B.", StringComparison.Ordinal)).ToArray();
        var still = all.Where(tensor => !FloatMemory.Of(tensor.Value).ContainsAnyExcept(0f)).ToArray();
        return still.Length == 0 ? null
            : $"B of {still.Length} of {all.Length} adapted layers is still zero, for example {still[0].Name}: no gradient reaches it";
    }

    /// <inheritdoc/>
    public void Save(string folder) => adapter.Save(folder);
}
