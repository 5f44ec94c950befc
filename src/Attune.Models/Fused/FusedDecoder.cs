using Attune.Kernels.Memory;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Models.Fused;

/// <summary>
/// Loss and gradients of a decoder through our own kernels, layer by layer with explicit backward passes: the fused path of
/// training on a CPU, whatever is trained of the model. <see cref="LlamaDecoder.Forward"/> with autograd is its plain twin and
/// its oracle. It computes with the decoder's own tensors and leaves gradients in the <c>grad</c> of those that are trained.
/// </summary>
public sealed class FusedDecoder : ILabelLosses, IBranchedLosses, IDisposable
{
    private readonly LlamaDecoder _decoder;
    private readonly Team _team;
    private readonly FusedParts _parts;
    private readonly Matrix _embedding;
    private readonly TrainedGradient? _embeddingGradient;
    private readonly LayerMemory[] _memory;          // of each layer
    private readonly MatrixMemory[] _inputs;         // of each layer that is computed again, fp32
    private readonly MatrixMemory _gradient, _rounded;
    private readonly int _firstTrained;

    private FusedDecoder(LlamaDecoder decoder, ProductKernel kernel, int threads, bool recomputes)
    {
        (_decoder, _team) = (decoder, new Team(threads));
        _parts = new FusedParts(decoder, _team, kernel);
        var embedding = decoder.Parameters[0];
        _embedding = TensorMemory.Of(embedding.Value);
        _embeddingGradient = decoder.Config.TiedHead ? _parts.HeadWeight.Gradient : embedding.IsTrained ? new TrainedGradient(embedding) : null;
        _firstTrained = TrainedLayers.First(decoder);
        var shared = NewMemory(); // of all layers that keep nothing
        _memory = [.. _parts.Layers.Select((_, layer) => recomputes || layer < _firstTrained ? shared : NewMemory())];
        _inputs = [.. Enumerable.Range(0, recomputes ? _parts.Layers.Length : 0).Select(_ => new MatrixMemory(decoder.Config.HiddenSize, ElementType.Float32))];
        (_gradient, _rounded) = (new MatrixMemory(decoder.Config.HiddenSize, ElementType.Float32), new MatrixMemory(decoder.Config.HiddenSize, kernel.Type));

        LayerMemory NewMemory() => new(decoder.Config, _parts.Shape, TypeOf(decoder.Precision.Storage));
    }

    /// <summary>The fused path of a decoder, or null where it has none (<see cref="WhyNot"/>) and the plain one has to do.</summary>
    /// <param name="decoder">With adapters on some of its layers, or masters in the place of trained weights.</param>
    /// <param name="threads">Threads to use.</param>
    /// <param name="tokens">Tokens of the largest micro-batch of training, for which memory is taken at once; larger ones work too.</param>
    /// <param name="recomputes">Keeps only what a layer read and computes the layer again for its backward pass: activation checkpointing. The numbers are the same.</param>
    public static FusedDecoder? Create(LlamaDecoder decoder, int threads, int tokens = 0, bool recomputes = false)
    {
        if (!IsFor(decoder)) return null;
        var fused = new FusedDecoder(decoder, ProductKernel.Of(TypeOf(decoder.ComputeType))!, threads, recomputes);
        fused.Reserve(tokens);
        return fused;
    }

    /// <summary>Whether a decoder has a fused path.</summary>
    public static bool IsFor(LlamaDecoder decoder) => WhyNot(decoder) is null;

    /// <summary>Why a decoder has no fused path, for users; null: it has one.</summary>
    public static string? WhyNot(LlamaDecoder decoder) =>
        ProductKernel.Of(TypeOf(decoder.ComputeType)) is null ? "there are no bf16 products of our own on this machine" : null;

    /// <inheritdoc/>
    public float[] Backward(PackedBatch batch, int[] positions, int[] labels, double weight)
    {
        var tokens = batch.TokenIds.Length;
        Begin(BranchedBatch.Of(batch));
        for (var layer = 0; layer < _parts.Layers.Length; layer++)
        {
            if (_inputs.Length > 0 && layer >= _firstTrained) Conversion.Copy(_team, _parts.Scratch.Residual, _inputs[layer].Of(tokens));
            _parts.Layers[layer].Forward(_memory[layer]);
        }

        var (gradient, rounded) = (_gradient.Of(tokens), _rounded.Of(tokens));
        var losses = _parts.Head.Backward(_parts.Scratch.Residual, positions, labels, (float)weight, gradient, rounded);
        for (var layer = _parts.Layers.Length - 1; layer >= _firstTrained; layer--)
        {
            if (_inputs.Length > 0 && layer < _parts.Layers.Length - 1) Recompute(layer, tokens); // the last one's memory is still its own
            _parts.Layers[layer].Backward(_memory[layer], gradient, rounded, needsInput: layer > _firstTrained || _embeddingGradient is not null);
        }

        AddToEmbedding(batch.TokenIds, gradient);
        return losses;
    }

    /// <inheritdoc/>
    public float[] Losses(PackedBatch batch, int[] positions, int[] labels) => Losses(BranchedBatch.Of(batch), positions, labels);

    /// <inheritdoc/>
    public float[] Losses(BranchedBatch batch, int[] positions, int[] labels)
    {
        Begin(batch);
        foreach (var layer in _parts.Layers) layer.Forward(_memory[0]); // nothing is kept
        return _parts.Head.Losses(_parts.Scratch.Residual, positions, labels);
    }

    /// <summary>Time spent in kernels of a kind so far.</summary>
    public TimeSpan TimeOf(KernelKind kind) => _team.TimeOf(kind);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in _memory) memory.Dispose();
        foreach (var input in _inputs) input.Dispose();
        _embeddingGradient?.Dispose();
        IDisposable[] others = [_gradient, _rounded, _parts, _team];
        foreach (var other in others) other.Dispose();
    }

    private static ElementType TypeOf(ScalarType type) => type == ScalarType.BFloat16 ? ElementType.BFloat16 : ElementType.Float32;

    private void Reserve(int tokens)
    {
        _parts.Reserve(tokens);
        foreach (var memory in _memory) memory.Reserve(tokens);
        foreach (var input in _inputs) input.Of(tokens);
        _ = (_gradient.Of(tokens), _rounded.Of(tokens));
    }

    /// <summary>Rounds the adapters' masters and fills in embeddings and positions.</summary>
    private void Begin(BranchedBatch batch)
    {
        _parts.Begin(batch);
        using (NewDisposeScope())
        {
            var rotary = _decoder.Rotary(batch.Positions, batch.Length);
            Conversion.Copy(_team, TensorMemory.Of(rotary.Cos.contiguous()), _parts.Scratch.Cos);
            Conversion.Copy(_team, TensorMemory.Of(rotary.Sin.contiguous()), _parts.Scratch.Sin);
        }

        foreach (var id in batch.Samples.TokenIds) _decoder.RequireToken(id);
        Conversion.Gather(_team, _embedding, batch.Samples.TokenIds, _parts.Scratch.Residual);
    }

    private void Recompute(int layer, int tokens)
    {
        Conversion.Copy(_team, _inputs[layer].Of(tokens), _parts.Scratch.Residual);
        _parts.Layers[layer].Forward(_memory[layer]);
    }

    // The padding token's row gets no gradient from here, as the reference has it.
    private void AddToEmbedding(int[] tokenIds, Matrix gradient)
    {
        if (_embeddingGradient is null) return;
        var sum = _embeddingGradient.Sum();
        for (var token = 0; token < tokenIds.Length; token++)
        {
            if (tokenIds[token] != _decoder.Config.PaddingId) Conversion.Add(gradient, token, sum, tokenIds[token]);
        }
    }
}
