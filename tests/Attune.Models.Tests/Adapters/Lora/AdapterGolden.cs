using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Adapters.Lora;

/// <summary>One folder of golden/adapters: the adapter, its base model, and what the reference computes with them.</summary>
internal sealed class AdapterGolden : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly IWeightSource _tensors;

    public AdapterGolden(string adapter)
    {
        Folder = Goldens.Path($"adapters/{adapter}");
        Json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "reference.json")))!;
        BaseFolder = Goldens.Path((string)Json["base_model"]!);
        _tensors = SafetensorsFile.Open(Path.Combine(Folder, "reference.safetensors"));
        Decoder = LoadBase();
        var (ids, mask) = (Tensor("input_ids"), Tensor("attention_mask"));
        var lengths = Enumerable.Range(0, 2).Select(row => (int)mask[row].sum().item<long>()).ToArray();
        Batch = PackedBatch.Of([.. lengths.Select((length, row) => Ints(ids[row])[..length])]);
        Labels = [.. lengths.Select((length, row) => Ints(Tensor("labels")[row])[..length])];
        Real = mask.to(ScalarType.Bool);
    }

    public string Folder { get; }

    public string BaseFolder { get; }

    public JsonNode Json { get; }

    public LlamaDecoder Decoder { get; }

    public PackedBatch Batch { get; }

    /// <summary>Labels of each row's real tokens; −100: no loss.</summary>
    public int[][] Labels { get; }

    /// <summary>[2, 10]: which positions are no padding.</summary>
    private Tensor Real { get; }

    public IEnumerable<string> Names => _tensors.Tensors.Keys;

    public LlamaDecoder LoadBase() => LoadFolder(BaseFolder);

    public static LlamaDecoder LoadFolder(string folder)
    {
        using var weights = SafetensorsFile.Open(Path.Combine(folder, "model.safetensors"));
        return LlamaDecoder.Load(LlamaConfigFile.Load(Path.Combine(folder, LlamaConfigFile.Name)), weights, new Precision(ScalarType.Float32));
    }

    public Tensor Tensor(string name) => _tensors.Load(name);

    /// <summary>Logits of the real positions, [real positions, vocabulary].</summary>
    public Tensor Expected(string name) => Tensor(name)[Real];

    public static Tensor Logits(LlamaDecoder decoder, PackedBatch batch)
    {
        using var noGradient = no_grad();
        return decoder.Logits(decoder.Forward(batch));
    }

    /// <summary>Mean cross-entropy over the labels, shifted by one.</summary>
    public Tensor Loss(LlamaDecoder decoder)
    {
        var positions = new List<long>();
        var targets = new List<long>();
        var start = 0;
        foreach (var row in Labels)
        {
            for (var i = 1; i < row.Length; i++)
            {
                if (row[i] == -100) continue;
                positions.Add(start + i - 1);
                targets.Add(row[i]);
            }

            start += row.Length;
        }

        var hidden = decoder.Forward(Batch).index_select(0, tensor(positions.ToArray()));
        return nn.functional.cross_entropy(decoder.Logits(hidden), tensor(targets.ToArray()));
    }

    public static double MaxDifference(Tensor a, Tensor b)
    {
        Assert.Equal(a.shape, b.shape);
        return (a - b).abs().max().item<float>();
    }

    public void Dispose()
    {
        _tensors.Dispose();
        _scope.Dispose();
    }

    private static int[] Ints(Tensor row) => [.. row.data<long>().Select(value => (int)value)];
}
