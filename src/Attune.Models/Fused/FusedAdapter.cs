using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Models.Adapters.Lora;

namespace Attune.Models.Fused;

/// <summary>
/// A LoRA adapter as products: it adds low (sB)ᵀ with low = x̃ Aᵀ, where x̃ is the input after dropout; backwards
/// dlow = dy sB, dx̃ = dlow A, dA = dlowᵀ x̃ and dB = s dyᵀ low (Hu et al. 2021, equation 3).
/// </summary>
internal sealed class FusedAdapter : IDisposable
{
    private readonly Team _team;
    private readonly LoraLayer _lora;
    private readonly FusedLinearScratch _scratch;
    private readonly MatrixMemory _a, _b;             // A [rank, in] and sB [out, rank], rounded for products
    private readonly MatrixMemory _low;               // [tokens, rank], kept for the backward pass
    private readonly TrainedGradient _gradientA, _gradientB;
    private DropoutMask? _mask;                       // of the micro-batch

    public FusedAdapter(Team team, LoraLayer lora, ElementType type, FusedLinearScratch scratch)
    {
        (_team, _lora, _scratch) = (team, lora, scratch);
        (_a, _b, _low) = (new MatrixMemory(InFeatures, type), new MatrixMemory(Rank, type), new MatrixMemory(Rank, type));
        (_gradientA, _gradientB) = (new TrainedGradient(lora.A), new TrainedGradient(lora.B));
    }

    /// <summary>Dropout of the input, for the micro-batch; null: none now.</summary>
    public DropoutMask? Mask => _mask;

    private int Rank => (int)_lora.A.Value.shape[0];

    private int InFeatures => (int)_lora.A.Value.shape[1];

    private int OutFeatures => (int)_lora.B.Value.shape[0];

    /// <summary>The masters, A and B, to be rounded into what products use.</summary>
    public IEnumerable<(Matrix Master, Matrix Rounded, float Factor)> Masters() =>
    [
        (TensorMemory.Of(_lora.A.Value), _a.Of(Rank), 1),
        (TensorMemory.Of(_lora.B.Value), _b.Of(OutFeatures), (float)_lora.Scaling),
    ];

    /// <summary>Takes the memory of a batch of so many tokens at once.</summary>
    public void Reserve(int tokens) => _low.Of(tokens);

    /// <summary>Before the forward pass of a micro-batch: draws dropout.</summary>
    public void Begin(int tokens) => _mask = _lora.NextMask(tokens);

    /// <summary>low; to be run before <see cref="Forward"/>.</summary>
    public Product Low(Matrix input) => new(input.Rows, Rank, Sinks.Store(_low.Of(input.Rows)), [new Term(Drop(input), Panels.OfTransposed(_a.Of(Rank)))]);

    /// <summary>The term of y.</summary>
    public Term Forward(int tokens) => new(_low.Of(tokens), Panels.OfTransposed(_b.Of(OutFeatures)));

    /// <summary>dlow; to be run before the rest of the backward pass.</summary>
    public Product LowGradient(Matrix gradient) =>
        new(gradient.Rows, Rank, Sinks.Store(_scratch.LowGradient(gradient.Rows)), [new Term(gradient, Panels.Of(_b.Of(OutFeatures)))]);

    /// <summary>The term of dx̃.</summary>
    public Term Backward(int tokens) => new(_scratch.LowGradient(tokens), Panels.Of(_a.Of(Rank)));

    /// <summary>low and dlow and where they go transposed; to be run before <see cref="Gradients"/>.</summary>
    public IEnumerable<(Matrix Source, Matrix Target)> Transposes(int tokens) =>
        [(_low.Of(tokens), _scratch.LowTransposed(tokens)), (_scratch.LowGradient(tokens), _scratch.LowGradientTransposed(tokens))];

    /// <summary>Adds to the gradients of A and B.</summary>
    public IEnumerable<Product> Gradients(Matrix input, Matrix gradient)
    {
        var tokens = input.Rows;
        return
        [
            new Product(Rank, InFeatures, _gradientA.Sink(), [new Term(_scratch.LowGradientTransposed(tokens), Panels.Of(Drop(input)))]),
            new Product(
                Rank, OutFeatures, _gradientB.TransposedSink((float)_lora.Scaling),
                [new Term(_scratch.LowTransposed(tokens), Panels.Of(gradient))]),
        ];
    }

    public void Dispose()
    {
        IDisposable[] all = [_a, _b, _low, _gradientA, _gradientB];
        foreach (var one in all) one.Dispose();
    }

    private Matrix Drop(Matrix input)
    {
        if (_mask is not { } mask) return input;
        var target = _scratch.Dropped(input);
        mask.Apply(_team, input, target);
        return target;
    }
}
