using Attune.Models.Architectures;
using Attune.Models.Layers;
using static TorchSharp.torch;

namespace Attune.Models.Adapters.Lora;

/// <summary>
/// Low-rank adapters on linear layers of a decoder whose own weights stay as they are, and full copies of the modules
/// in <c>modules_to_save</c>. Everything trained is fp32.
/// </summary>
/// <example><code>
///            ┌── W (frozen) ───────────────┐
/// x [n, in] ─┤                             + ─ y [n, out]
///            └── A [r, in] ── B [out, r] ──┘ × scaling
/// </code></example>
public sealed class LoraAdapter
{
    private readonly LlamaDecoder _decoder;
    private readonly IReadOnlyList<LoraLayer> _layers;
    private readonly IReadOnlyList<SavedCopy> _copies;
    private readonly LoraDropout _dropout;
    private bool _isEnabled;

    private LoraAdapter(LlamaDecoder decoder, LoraConfig config, LoraPlan plan, long seed, Func<string, Tensor?> start)
    {
        (_decoder, Config, _dropout) = (decoder, config, new LoraDropout(config.Dropout, seed));
        foreach (var parameter in decoder.Parameters) parameter.IsTrained = false;

        // A copy of the embedding or of the output layer is no longer one matrix with the other.
        if (decoder.Config.TiedHead && plan.Copies.Any(name => name is "lm_head.weight" or "model.embed_tokens.weight"))
            decoder.UntieHead();

        _layers = [.. plan.Targets.Select((linear, number) => new LoraLayer(
            linear, Trained(linear.Name + LoraPlan.A), Trained(linear.Name + LoraPlan.B), config.ScalingOf(linear.Name), _dropout, number))];
        _copies = [.. plan.Copies.Select(Copy)];
        Parameters = [.. _layers.SelectMany(layer => (Parameter[])[layer.A, layer.B]), .. _copies.Select(copy => copy.Parameter)];
        IsEnabled = true;

        Parameter Trained(string name) => new(name, start(name)!.DetachFromDisposeScope()) { IsTrained = true };

        SavedCopy Copy(string name)
        {
            var parameter = decoder.Parameters.First(parameter => parameter.Name == name);
            var trained = start(name) ?? parameter.Value.detach().to(ScalarType.Float32, copy: true);
            trained.requires_grad = true;
            return new SavedCopy(parameter, trained.DetachFromDisposeScope());
        }
    }

    /// <summary>The settings.</summary>
    public LoraConfig Config { get; }

    /// <summary>
    /// Everything trained: of each adapted layer, in model order, <c>{module}.lora_A.weight</c> [rank, in] and
    /// <c>{module}.lora_B.weight</c> [out, rank]; then the copies under their own names.
    /// </summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Names of the adapted layers in model order.</summary>
    public IReadOnlyList<string> TargetedModules => [.. _layers.Select(layer => layer.Target.Name)];

    /// <summary>How many numbers are trained.</summary>
    public long TrainableParameters => Parameters.Sum(parameter => parameter.Value.numel());

    /// <summary>Whether the decoder computes with the adapter; switched off, it is the base model again.</summary>
    public bool IsEnabled
    {
        get => _isEnabled;
        set
        {
            if (value == _isEnabled) return;
            _isEnabled = value;
            foreach (var layer in _layers) layer.Target.Adapter = value ? layer : null;
            foreach (var copy in _copies) copy.Exchange();
        }
    }

    /// <summary>Puts new adapters on a decoder: A uniform in ±1/√in, B zero, so that nothing changes before training.</summary>
    /// <param name="decoder">The base model; its weights are no longer trained afterwards.</param>
    /// <param name="options">Rank, alpha, targets.</param>
    /// <param name="seed">Of A and of dropout.</param>
    /// <param name="baseModel">Written to the adapter's file so that others find the base; null: nothing.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Recipe"/>: a value out of range; <see cref="ExitCode.Model"/>: the adapter matches no layer.
    /// </exception>
    public static LoraAdapter Attach(LlamaDecoder decoder, LoraOptions options, long seed, string? baseModel = null)
    {
        var config = LoraConfig.From(options) with { BaseModel = baseModel };
        var plan = LoraPlan.Make(decoder, config, "The recipe's lora section");
        var shapes = plan.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape);
        var random = new SeededRandom(seed);
        return new LoraAdapter(decoder, config, plan, seed, name =>
            name.EndsWith(LoraPlan.A, StringComparison.Ordinal) ? KaimingUniform(shapes[name], random)
            : name.EndsWith(LoraPlan.B, StringComparison.Ordinal) ? zeros(shapes[name], ScalarType.Float32)
            : null);
    }

    /// <summary>Puts an adapter from PEFT's files on a decoder.</summary>
    /// <param name="folder">With <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</param>
    /// <param name="decoder">The base model the adapter was trained on.</param>
    /// <param name="seed">Of dropout, where training goes on.</param>
    /// <exception cref="AttuneException">
    /// <see cref="ExitCode.Model"/>: damaged files, another kind of adapter, an adapter of another model. The decoder is
    /// then as it was.
    /// </exception>
    public static LoraAdapter Load(string folder, LlamaDecoder decoder, long seed = 0)
    {
        var config = LoraConfigFile.Load(folder);
        var plan = LoraPlan.Make(decoder, config, Path.Combine(folder, LoraConfigFile.Name));
        using var file = AdapterFile.Open(folder);
        file.RequireFits(plan, config);
        return new LoraAdapter(decoder, config, plan, seed, file.Read);
    }

    /// <summary>Writes PEFT's files into a folder, which is made where it is missing. fp32.</summary>
    public void Save(string folder)
    {
        var wasEnabled = IsEnabled;
        IsEnabled = true; // else the copies' places hold the base model's weights
        Directory.CreateDirectory(folder);
        LoraConfigFile.Save(folder, Config, TargetedModules);
        AdapterFile.Write(folder, this);
        IsEnabled = wasEnabled;
    }

    /// <summary>
    /// Begins an optimizer step: dropout draws the masks of this step from now on. Call before its first micro-batch.
    /// </summary>
    /// <param name="step">Number of the step; a resumed run gives the same numbers and so gets the same masks.</param>
    public void BeginStep(long step)
    {
        (_dropout.Step, _dropout.IsTraining) = (step, true);
        foreach (var layer in _layers) layer.StartStep();
    }

    /// <summary>Switches dropout off, for evaluation and generation, until the next <see cref="BeginStep"/>.</summary>
    public void EndTraining() => _dropout.IsTraining = false;

    /// <summary>
    /// Adds the adapter into the decoder's weights, W + scaling · B A summed in fp32, and takes it off. The copies stay
    /// in the place of their modules. The adapter cannot be used afterwards.
    /// </summary>
    public void Merge()
    {
        IsEnabled = true;
        using var noGradient = no_grad();
        foreach (var layer in _layers)
        {
            using var scope = NewDisposeScope();
            layer.Target.Adapter = null;
            var weight = _decoder.Parameters.First(parameter => parameter.Name == $"{layer.Target.Name}.weight");
            using var old = weight.Value;
            weight.Value = (old.to(ScalarType.Float32) + layer.Delta()).to(old.dtype).DetachFromDisposeScope();
        }
    }

    // U(−b, b) with b = √(6 / ((1 + a²) in)), a = √5: 1/√in.
    private static Tensor KaimingUniform(long[] shape, SeededRandom random)
    {
        var bound = 1 / Math.Sqrt(shape[1]);
        var values = new float[shape[0] * shape[1]];
        for (var i = 0; i < values.Length; i++) values[i] = (float)(((2 * random.NextDouble()) - 1) * bound);
        return tensor(values).reshape(shape);
    }
}

/// <summary>A weight that is trained in full beside the adapter, and the base model's own to change places with.</summary>
internal sealed class SavedCopy(Parameter parameter, Tensor trained)
{
    private Tensor _other = trained;

    public Parameter Parameter { get; } = parameter;

    public void Exchange() => (Parameter.Value, _other) = (_other, Parameter.Value);
}
