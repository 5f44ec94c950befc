using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// <c>adapter_model.safetensors</c> as PEFT writes it: <c>base_model.model.</c> + module + <c>.lora_A.weight</c> or
/// <c>.lora_B.weight</c>; copies of <c>modules_to_save</c> under <c>base_model.model.</c> + the weight's own name.
/// </summary>
internal sealed class AdapterFile : IDisposable
{
    private const string FileName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";

    private readonly IWeightSource _source;

    private AdapterFile(IWeightSource source) => _source = source;

    public static AdapterFile Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path)
            ? new AdapterFile(SafetensorsFile.Open(path))
            : throw new AttuneException(ExitCode.Model, $"{folder} has no {FileName}.", "An adapter is a folder with adapter_config.json and adapter_model.safetensors; adapter_model.bin is not read.");
    }

    public static void Write(string folder, LoraAdapter adapter) => SafetensorsWriter.Write(
        Path.Combine(folder, FileName),
        adapter.Parameters.Select(parameter => (Prefix + parameter.Name, parameter.Value.detach())),
        new Dictionary<string, string> { ["format"] = "pt" });

    /// <summary>One tensor, as fp32.</summary>
    public Tensor Read(string name) => _source.Load(Prefix + name, ScalarType.Float32);

    /// <summary>The file must hold exactly what the configuration means on this model.</summary>
    public void RequireFits(LoraPlan plan, LoraConfig config)
    {
        var hint = $"Is it an adapter of this model? Its configuration names the base model {config.BaseModel ?? "not at all"}.";
        foreach (var (name, shape) in plan.Tensors)
        {
            if (!_source.Tensors.TryGetValue(Prefix + name, out var tensor))
                throw new AttuneException(ExitCode.Model, $"{_source.Path} has no tensor {Prefix}{name}, which its configuration means on this model.", hint);
            if (!tensor.Shape.SequenceEqual(shape))
                throw new AttuneException(ExitCode.Model, $"{_source.Path}: {tensor.Name} is [{string.Join(", ", tensor.Shape)}]; this model needs [{string.Join(", ", shape)}].", hint);
        }

        var left = _source.Tensors.Keys.Except(plan.Tensors.Select(tensor => Prefix + tensor.Name)).Order(StringComparer.Ordinal).ToArray();
        if (left.Length > 0)
            throw new AttuneException(ExitCode.Model, $"{_source.Path} holds {left.Length} tensors that have no place in this model, such as {left[0]}.", hint);
    }

    public void Dispose() => _source.Dispose();
}
