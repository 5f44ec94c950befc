using Attune.Kernels.Attention;
using Attune.Kernels.Products;
using Attune.Kernels.Rows;
using Attune.Kernels.Threads;
using Attune.Models.Adapters.Lora;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Layers;

namespace Attune.Models.Fused;

/// <summary>Layers and output layer of a decoder on the fused path, made from the decoder's own, with what they share.</summary>
internal sealed class FusedParts : IDisposable
{
    private readonly Team _team;
    private readonly ProductRunner _runner;
    private readonly CausalAttention _attention;
    private readonly Ones _ones;
    private readonly FusedLinearScratch[] _linearScratch;   // of each of a layer's linear layers, and of the output layer

    public FusedParts(LlamaDecoder decoder, Team team, ProductKernel kernel)
    {
        var (config, type) = (decoder.Config, kernel.Type);
        var parameters = decoder.Parameters.ToDictionary(parameter => parameter.Name);
        (_team, _runner, _ones) = (team, new ProductRunner(team, kernel), new Ones(type));
        Shape = new AttentionShape(config.Heads, config.KeyValueHeads, config.HeadSize);
        _attention = new CausalAttention(team, kernel, Shape);
        Scratch = new FusedScratch(config, Shape, type);

        var linears = decoder.Linears.Where(linear => linear.Name != "lm_head").Chunk(7).ToArray();
        var head = decoder.Linears.FirstOrDefault(linear => linear.Name == "lm_head");
        _linearScratch = [
            .. Enumerable.Range(0, 7).Select(kind => ScratchOf([.. linears.Select(layer => layer[kind])])),
            ScratchOf(head is null ? [] : [head])];
        Layers = [.. linears.Select((layer, index) => new FusedLayer(team, _runner, _attention, Shape, Scratch)
        {
            AttentionNorm = Norm($"model.layers.{index}.input_layernorm"),
            MlpNorm = Norm($"model.layers.{index}.post_attention_layernorm"),
            Query = Fused(layer[0], 0), Key = Fused(layer[1], 1), Value = Fused(layer[2], 2), Output = Fused(layer[3], 3),
            Gate = Fused(layer[4], 4), Up = Fused(layer[5], 5), Down = Fused(layer[6], 6),
        })];
        HeadWeight = new FusedWeight(head?.Parameters.First() ?? decoder.Parameters[0]);
        Head = new FusedHead(team, _runner, Norm("model.norm"), new FusedLinear(HeadWeight, null, Adapter(head, 7), _ones));

        FusedNorm Norm(string name) => new(team, parameters[$"{name}.weight"], config.NormEpsilon);

        FusedLinear Fused(Linear linear, int kind)
        {
            var bias = linear.Parameters.Skip(1).FirstOrDefault();
            return new(new FusedWeight(linear.Parameters.First()), bias is null ? null : new FusedWeight(bias), Adapter(linear, kind), _ones);
        }

        FusedAdapter? Adapter(Linear? linear, int kind) => linear?.Adapter is LoraLayer lora ? new(team, lora, type, _linearScratch[kind]) : null;

        FusedLinearScratch ScratchOf(Linear[] same)
        {
            var adapters = same.Select(linear => linear.Adapter).OfType<LoraLayer>().ToArray();
            return new(adapters.Max(lora => (int?)lora.A.Value.shape[1]) ?? 0, adapters.Max(lora => (int?)lora.A.Value.shape[0]) ?? 0, type);
        }
    }

    public AttentionShape Shape { get; }

    public FusedScratch Scratch { get; }

    public FusedLayer[] Layers { get; }

    public FusedHead Head { get; }

    /// <summary>The output layer's weight; where the model ties it, the embedding.</summary>
    public FusedWeight HeadWeight { get; }

    /// <summary>Takes the memory of a batch of so many tokens at once.</summary>
    public void Reserve(int tokens)
    {
        Scratch.Reserve(tokens);
        foreach (var scratch in _linearScratch.SkipLast(1)) scratch.Reserve(tokens);
        foreach (var linear in Layers.SelectMany(layer => layer.Linears)) linear.Adapter?.Reserve(tokens);
    }

    /// <summary>Prepares for a micro-batch: its sizes, its dropout, the adapters' masters rounded.</summary>
    public void Begin(BranchedBatch batch)
    {
        Scratch.Begin(batch);
        foreach (var linear in Layers.SelectMany(layer => layer.Linears)) linear.Adapter?.Begin(batch.Samples.TokenIds.Length);
        foreach (var adapter in Layers.SelectMany(layer => layer.Linears).Append(Head.Linear).Select(linear => linear.Adapter))
        {
            foreach (var (master, rounded, factor) in adapter?.Masters() ?? []) Conversion.Copy(_team, master, rounded, factor);
        }
    }

    public void Dispose()
    {
        IDisposable[] all = [.. Layers, Head, .. _linearScratch, Scratch, _ones, _attention, _runner];
        foreach (var one in all) one.Dispose();
    }
}
