using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Attune.Training.Recipes;

/// <summary>What every kind of training is told: one key, one meaning, whatever is trained.</summary>
public abstract record TrainingRecipe
{
    /// <summary>Short name, part of the run directory's name.</summary>
    public abstract string Name { get; init; }

    /// <summary>
    /// Tokens of a micro-batch at most; a longer row is one by itself. A step's rows are cut in order into the fewest,
    /// about equal micro-batches: memory and speed change, the numbers do not. Null: 2048, or the longest row where that
    /// is longer; less where the step would exceed the machine's memory.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int? MicroBatchTokens { get; init; }

    /// <summary>
    /// What a step keeps for its backward pass. layer: what each layer read, and the layer is computed again, a third more time
    /// for a fraction of the memory and the same numbers. auto: none, where the smallest micro-batch fits the machine.
    /// </summary>
    public ActivationCheckpointing ActivationCheckpointing { get; init; } = ActivationCheckpointing.Auto;

    /// <summary>Passes over the training rows.</summary>
    [Range(1, int.MaxValue)]
    public int Epochs { get; init; } = 3;

    /// <summary>Stops after this many optimizer steps; null runs all epochs.</summary>
    [Range(1, int.MaxValue)]
    public int? MaxSteps { get; init; }

    /// <summary>Optimizer.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rate.</summary>
    [Range(0d, double.MaxValue, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>
    /// Peak learning rate of the matrices that Muon moves; <see cref="LearningRate"/> is that of the tensors it leaves to
    /// AdamW. Null: the same for both, for an update is 0.2 √max(rows, columns) × the orthogonalized momentum, which has the
    /// size of AdamW's.
    /// </summary>
    [Range(0d, double.MaxValue, MinimumIsExclusive = true)]
    public double? MuonLearningRate { get; init; }

    /// <summary>Muon's momentum.</summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double MuonMomentum { get; init; } = 0.95;

    /// <summary>Decoupled weight decay; norms and biases are left out.</summary>
    [Range(0d, double.MaxValue)]
    public double WeightDecay { get; init; }

    /// <summary>AdamW's first moment.</summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double AdamBeta1 { get; init; } = 0.9;

    /// <summary>AdamW's second moment.</summary>
    [Range(0d, 1d, MaximumIsExclusive = true)]
    public double AdamBeta2 { get; init; } = 0.999;

    /// <summary>AdamW's epsilon, added after the bias correction.</summary>
    [Range(0d, double.MaxValue, MinimumIsExclusive = true)]
    public double AdamEpsilon { get; init; } = 1e-8;

    /// <summary>Gradients are scaled to at most this 2-norm; 0 switches clipping off.</summary>
    [Range(0d, double.MaxValue)]
    public double MaxGradNorm { get; init; } = 1;

    /// <summary>Shape of the learning rate after warmup.</summary>
    public LearningRateSchedule LrScheduler { get; init; } = LearningRateSchedule.Cosine;

    /// <summary>Steps of linear warmup; null uses <see cref="WarmupRatio"/>.</summary>
    [Range(0, int.MaxValue)]
    public int? WarmupSteps { get; init; }

    /// <summary>Warmup as a share of all steps, rounded up.</summary>
    [Range(0d, 1d)]
    public double WarmupRatio { get; init; } = 0.1;

    /// <summary>The last steps, in which warmup_stable_decay comes down: a share of all steps, rounded up.</summary>
    [Range(0d, 1d)]
    public double DecayRatio { get; init; } = 0.2;

    /// <summary>How warmup_stable_decay comes down.</summary>
    public DecayType DecayType { get; init; } = DecayType.Linear;

    /// <summary>Where the learning rate ends, as a share of the peak; constant stays at the peak.</summary>
    [Range(0d, 1d)]
    public double MinLrRatio { get; init; }

    /// <summary>Validation every so many steps; null: four times an epoch.</summary>
    [Range(1, int.MaxValue)]
    public int? EvalSteps { get; init; }

    /// <summary>Checkpoint every so many steps; null: at each validation.</summary>
    [Range(1, int.MaxValue)]
    public int? SaveSteps { get; init; }

    /// <summary>Last checkpoints kept, the best one besides.</summary>
    [Range(1, int.MaxValue)]
    public int SaveTotalLimit { get; init; } = 2;

    /// <summary>Seed of data order, initialisation and dropout.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Type of the products; auto measures.</summary>
    public ComputeType ComputeType { get; init; } = ComputeType.Auto;

    /// <summary>
    /// Type in which frozen weights and what layers keep for the backward pass are stored; auto: the compute type. bfloat16
    /// beside products in float32 takes half the memory on a processor without bf16 units.
    /// </summary>
    public StorageType StorageType { get; init; } = StorageType.Auto;

    /// <summary>
    /// Which code computes losses and gradients: the fused path is faster and smaller; the plain one is torch's own, to compare
    /// with. The numbers differ by rounding.
    /// </summary>
    public TrainingPath TrainingPath { get; init; } = TrainingPath.Auto;

    /// <summary>Threads; null takes every core.</summary>
    [Range(1, 4096)]
    public int? Threads { get; init; }

    /// <summary>Folder in which run directories are made.</summary>
    public string Output { get; init; } = "runs";

    /// <summary>A prompt answered at each validation; null takes the first validation row's.</summary>
    public string? SamplePrompt { get; init; }

    /// <summary>Preflight findings to go on with, by name.</summary>
    public IReadOnlyList<string> Allow { get; init; } = [];
}

/// <summary>What of a step is computed again instead of kept (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").</summary>
public enum ActivationCheckpointing
{
    /// <summary>Decided by the memory estimate.</summary>
    Auto,

    /// <summary>Nothing.</summary>
    None,

    /// <summary>Every layer.</summary>
    Layer,
}

/// <summary>Optimizers.</summary>
public enum OptimizerKind
{
    /// <summary>Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", with fp32 state.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>AdamW with state in 8 bits, a quarter of the size: Dettmers et al. 2022, "8-bit Optimizers via Block-wise Quantization".</summary>
    [JsonStringEnumMemberName("adamw_8bit")]
    AdamW8bit,

    /// <summary>
    /// For training every weight. Momentum, orthogonalized, moves the matrices of the layers: Jordan et al. 2024, "Muon: An optimizer for
    /// hidden layers in neural networks". AdamW with fp32 state moves embeddings, output layer, norms and biases.
    /// </summary>
    Muon,
}

/// <summary>Learning-rate schedules after a linear warmup.</summary>
public enum LearningRateSchedule
{
    /// <summary>Down in a line.</summary>
    Linear,

    /// <summary>Down along half a cosine.</summary>
    Cosine,

    /// <summary>Stays.</summary>
    Constant,

    /// <summary>Stays, and comes down in the last steps: Hu et al. 2024, "MiniCPM".</summary>
    WarmupStableDecay,
}

/// <summary>Courses of the learning rate in the last phase of warmup_stable_decay.</summary>
public enum DecayType
{
    /// <summary>In a line.</summary>
    Linear,

    /// <summary>As 1 − √x, faster first: Hägele et al. 2024, "Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations".</summary>
    [JsonStringEnumMemberName("1-sqrt")]
    OneMinusSqrt,
}

/// <summary>Type in which products are computed; norms, softmax and loss are always fp32.</summary>
public enum ComputeType
{
    /// <summary>Decided by measuring this machine: bfloat16 where products are not slower in it.</summary>
    Auto,

    /// <summary>32-bit floating point.</summary>
    Float32,

    /// <summary>bfloat16, for CPUs with units for it.</summary>
    Bfloat16,
}

/// <summary>Ways to compute a training step.</summary>
public enum TrainingPath
{
    /// <summary>Fused where this machine has it, else plain.</summary>
    Auto,

    /// <summary>Torch's products and its autograd.</summary>
    Plain,
}

/// <summary>Types in which frozen weights and kept activations are stored.</summary>
public enum StorageType
{
    /// <summary>The compute type.</summary>
    Auto,

    /// <summary>bfloat16.</summary>
    Bfloat16,
}
