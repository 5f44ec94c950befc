using Attune.Bench.Model;
using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Training.Methods;
using Attune.Training.Optimizers;
using Attune.Training.Recipes;
using Attune.Training.Running;
using static TorchSharp.torch;

namespace Attune.Bench.Training;

/// <summary>What a training case trains and with what: every choice that cases differ in, but for the rows.</summary>
/// <param name="ComputeType">Float32 or BFloat16.</param>
/// <param name="Method">LoRA is rank 16, alpha 32, on all linear layers.</param>
internal sealed record TrainingSetup(ScalarType ComputeType, Method Method = Method.Lora)
{
    /// <summary>Of what is frozen and kept; the compute type where nothing else is said.</summary>
    public ScalarType StorageType { get; init; } = ComputeType;

    /// <summary>Of the frozen base.</summary>
    public Quantization Quantization { get; init; }

    /// <summary>Shape of a model with random weights; null: SmolLM2-135M.</summary>
    public LlamaConfig? Shape { get; init; }

    /// <summary>The product that is the yardstick.</summary>
    public ProductShape Peak => Shape is null ? ProductPeak.Usual : ProductPeak.Large;

    /// <summary>Activation checkpointing of every layer.</summary>
    public bool Recomputes { get; init; }

    /// <summary>With its settings by default.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>The model, nothing of it trained yet.</summary>
    public LlamaDecoder Load()
    {
        var precision = new Precision(ComputeType, StorageType, Quantization);
        if (Shape is null) return SmolLm2.Load(precision);
        using var weights = new RandomWeights(Shape);
        return LlamaDecoder.Load(Shape, weights, precision);
    }

    /// <summary>What is trained of it.</summary>
    public ITrainedModel Attach(LlamaDecoder decoder)
    {
        if (Method == Method.Lora)
            return new LoraTraining(LoraAdapter.Attach(decoder, new LoraOptions { Rank = 16, Alpha = 32, TargetModules = ["all-linear"] }, seed: 0));
        using var masters = SmolLm2.OpenWeights();
        return new FullTraining(decoder, masters, masters.Path);
    }

    /// <summary>What moves it.</summary>
    public IOptimizer OptimizerOf(ITrainedModel model) => ChosenOptimizer.Of(new Recipe { Optimizer = Optimizer }, model.Tensors);
}
