using Attune.Models.Architectures;
using Attune.Models.Layers;

namespace Attune.Models.Adapters.Lora;

/// <summary>What an adapter's settings mean on a decoder: found and checked before anything is changed.</summary>
/// <param name="Targets">Linear layers that get A and B, in model order.</param>
/// <param name="Copies">Names of the weights trained in full, in model order.</param>
/// <param name="Tensors">Name and shape of everything trained, in the order of <see cref="LoraAdapter.Parameters"/>.</param>
internal sealed record LoraPlan(IReadOnlyList<Linear> Targets, IReadOnlyList<string> Copies, IReadOnlyList<(string Name, long[] Shape)> Tensors)
{
    public const string A = ".lora_A.weight";
    public const string B = ".lora_B.weight";

    private const string Head = "lm_head";

    /// <summary>Finds layers and copies.</summary>
    /// <param name="decoder">The base model; left as it is.</param>
    /// <param name="config">The adapter's settings.</param>
    /// <param name="source">Where the settings come from, for messages.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: nothing matches, or a kind of layer that is not built.</exception>
    public static LoraPlan Make(LlamaDecoder decoder, LoraConfig config, string source)
    {
        var weights = decoder.Parameters.Select(parameter => (parameter.Name, Shape: (long[])[.. parameter.Shape])).ToList();
        if (decoder.Config.TiedHead) weights.Add(($"{Head}.weight", (long[])[.. decoder.Parameters[0].Shape]));
        var modules = weights.Select(weight => ModuleOf(weight.Name)).Distinct().ToArray();
        RequireSavedModules(config, modules, source);

        var targets = decoder.Linears.Where(linear => config.Targets(linear.Name)).ToArray();
        RequireLinear(config, modules.Except(decoder.Linears.Select(linear => linear.Name)), source);
        if (targets.Length == 0)
            throw new AttuneException(ExitCode.Model, $"{source} matches no layer: target_modules is {config.TargetModules}.", $"The model's linear layers end with {Endings(decoder.Linears.Select(linear => linear.Name))}.");

        var copies = weights.Where(weight => config.Saves(ModuleOf(weight.Name))).ToArray();
        if (decoder.Parameters.FirstOrDefault(parameter => parameter.Quantized is not null && config.Saves(ModuleOf(parameter.Name))) is { } quantized)
            throw new AttuneException(ExitCode.Model, $"{source}: modules_to_save trains {ModuleOf(quantized.Name)} in full, but its weights are quantized.", "Take it out of modules_to_save, or leave quantization out.");
        return new LoraPlan(targets, [.. copies.Select(copy => copy.Name)], [.. targets.SelectMany(linear => Shapes(linear, config)), .. copies]);
    }

    // "model.norm.weight" -> "model.norm"
    private static string ModuleOf(string parameter) => parameter[..parameter.LastIndexOf('.')];

    private static IEnumerable<(string Name, long[] Shape)> Shapes(Linear linear, LoraConfig config)
    {
        var rank = config.RankOf(linear.Name);
        return [(linear.Name + A, [rank, linear.InFeatures]), (linear.Name + B, [linear.OutFeatures, rank])];
    }

    private static void RequireSavedModules(LoraConfig config, string[] modules, string source)
    {
        foreach (var entry in config.ModulesToSave)
        {
            var alone = new LoraConfig { ModulesToSave = [entry] };
            if (entry.Length == 0 || !modules.Any(alone.Saves))
                throw new AttuneException(ExitCode.Model, $"{source}: modules_to_save names '{entry}', but no module of the model ends with that.", $"The model's modules end with {Endings(modules)}.");
        }
    }

    // all-linear means linear layers only; names and expressions may mean others.
    private static void RequireLinear(LoraConfig config, IEnumerable<string> others, string source)
    {
        if (config.TargetModules == ModuleSelection.AllLinear || others.FirstOrDefault(config.Targets) is not { } other) return;
        var what = other == Head ? "is the embedding's matrix in this model" : "is no linear layer";
        throw new AttuneException(ExitCode.Model, $"{source}: target_modules takes {other}, which {what}; LoRA on it is not built.", "Leave it out, or put it into modules_to_save to train it in full.");
    }

    private static string Endings(IEnumerable<string> modules) =>
        string.Join(", ", modules.Select(name => name[(name.LastIndexOf('.') + 1)..]).Distinct());
}
