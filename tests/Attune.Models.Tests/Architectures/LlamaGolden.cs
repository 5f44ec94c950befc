using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Architectures;

/// <summary>A folder of golden/architectures: the model and what the reference computes with it.</summary>
internal sealed class LlamaGolden : IDisposable
{
    private readonly string _folder;
    private readonly IWeightSource _reference;

    public LlamaGolden(string name, ScalarType type = ScalarType.Float32, string config = "config.json")
    {
        _folder = Goldens.Path($"architectures/{name}");
        _reference = SafetensorsFile.Open(Path.Combine(_folder, "reference.safetensors"));
        Json = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "reference.json")))!;
        var index = Path.Combine(_folder, "model.safetensors.index.json");
        using IWeightSource weights = File.Exists(index) ? SafetensorsShards.Open(index) : SafetensorsFile.Open(Path.Combine(_folder, "model.safetensors"));
        Decoder = LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(_folder, config)), weights, new Precision(type));
    }

    public LlamaDecoder Decoder { get; }

    public JsonNode Json { get; }

    public IEnumerable<string> Names => _reference.Tensors.Keys;

    public bool Has(string name) => _reference.Tensors.ContainsKey(name);

    public Tensor Tensor(string name) => _reference.Load(name);

    /// <summary>The real tokens of a case, its rows laid end to end; d is one row that holds two documents.</summary>
    public PackedBatch Batch(string name)
    {
        if (name == "d") return new PackedBatch(Ids("d.input_ids"), [.. Json["d"]!["document_lengths"]!.AsArray().Select(length => (int)length!)]);
        using var mask = Mask(name);
        using var lengths = mask.sum(1);
        using var ids = Tensor($"{name}.input_ids").masked_select(mask);
        return new PackedBatch([.. ids.data<long>().Select(id => (int)id)], [.. lengths.data<long>().Select(length => (int)length)]);
    }

    /// <summary>A tensor [rows, columns, …] of a case reduced to its real tokens, [tokens, …].</summary>
    public Tensor Real(string name, string part, string prefix = "")
    {
        var tensor = Tensor($"{prefix}{name}.{part}");
        return name == "d" ? tensor[0] : tensor[Mask(name)];
    }

    /// <summary>Mean cross-entropy as the reference has it: the hidden state of a token predicts the label of the next one.</summary>
    public Tensor Loss(string name, Tensor hidden)
    {
        var labels = Tensor($"{name}.labels");
        var next = cat([labels.narrow(1, 1, labels.shape[1] - 1), full_like(labels.narrow(1, 0, 1), -100)], 1);
        var target = name == "d" ? next[0] : next[Mask(name)];
        var chosen = target.ne(-100).nonzero().squeeze(1);
        return nn.functional.cross_entropy(Decoder.Logits(hidden.index_select(0, chosen)), target.index_select(0, chosen));
    }

    public void Dispose()
    {
        Decoder.Dispose();
        _reference.Dispose();
    }

    private int[] Ids(string name)
    {
        using var ids = Tensor(name);
        return [.. ids.data<long>().Select(id => (int)id)];
    }

    private Tensor Mask(string name) => Has($"{name}.attention_mask")
        ? Tensor($"{name}.attention_mask").to(ScalarType.Bool)
        : ones_like(Tensor($"{name}.input_ids")).to(ScalarType.Bool);
}
