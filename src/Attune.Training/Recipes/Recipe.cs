using System.ComponentModel.DataAnnotations;
using Attune.Data;
using Attune.Models.Adapters.Lora;
using Attune.Models.Numerics;

namespace Attune.Training.Recipes;

/// <summary>
/// Everything a run of <c>attune train</c> needs, as read from YAML. Keys are these properties in snake_case; sections
/// (<c>lora</c>, <c>data</c>) are nested maps. Every default printed at start comes from here.
/// </summary>
public sealed record Recipe : TrainingRecipe
{
    /// <summary>Short name, part of the run directory's name.</summary>
    public override string Name { get; init; } = "run";

    /// <summary>Folder in Hugging Face layout, or a GGUF file.</summary>
    public string? Model { get; init; }

    /// <summary>What is trained; qlora is short for lora with quantization: nf4.</summary>
    public Method Method { get; init; } = Method.Lora;

    /// <summary>Settings of <see cref="Method.Lora"/>.</summary>
    public LoraOptions Lora { get; init; } = new();

    /// <summary>Where rows come from.</summary>
    public DataOptions Data { get; init; } = new();

    /// <summary>Which tokens carry loss.</summary>
    public TrainOn TrainOn { get; init; } = TrainOn.Assistant;

    /// <summary>Longer rows are cut, counted and shown. Tokens.</summary>
    [Range(2, int.MaxValue)]
    public int MaxSequenceLength { get; init; } = 1024;

    /// <summary>Rows of an optimizer step, where gradient_accumulation_steps is 1.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 8;

    /// <summary>Multiplies batch_size: effective batch = batch_size × gradient_accumulation_steps, the rows of an optimizer step.</summary>
    [Range(1, int.MaxValue)]
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Stop after so many validations without progress; null never stops early.</summary>
    [Range(1, int.MaxValue)]
    public int? EarlyStoppingPatience { get; init; }

    /// <summary>Progress is an improvement by more than this.</summary>
    [Range(0d, double.MaxValue)]
    public double EarlyStoppingThreshold { get; init; }

    /// <summary>Of the frozen base model: nf4 with an adapter is QLoRA.</summary>
    public Quantization Quantization { get; init; } = Quantization.None;
}

/// <summary>What is trained.</summary>
public enum Method
{
    /// <summary>Low-rank adapters; the base stays as it is.</summary>
    Lora,

    /// <summary>Every weight.</summary>
    Full,
}
