using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Attune.Models.Architectures;
using Attune.Models.Numerics;
using Attune.Models.Weights;
using static TorchSharp.torch;

namespace Attune.Models.Tests.Weights;

public class GgufFileTests
{
    private static readonly Dictionary<string, Type> ElementTypes = new()
    {
        ["UINT8"] = typeof(byte), ["INT8"] = typeof(sbyte), ["UINT16"] = typeof(ushort), ["INT16"] = typeof(short), ["UINT32"] = typeof(uint), ["INT32"] = typeof(int),
        ["UINT64"] = typeof(ulong), ["INT64"] = typeof(long), ["FLOAT32"] = typeof(float), ["FLOAT64"] = typeof(double), ["BOOL"] = typeof(bool), ["STRING"] = typeof(string),
    };

    public static TheoryData<string> Models => ["bert", "gemma2", "gemma3", "gpt2", "llama", "llama-spm", "phi3", "qwen2", "qwen3", "smollm"];

    /// <summary>To the decoder, because some files are broken only as a model.</summary>
    [Fact]
    public void Every_malformed_file_gets_the_verdict_of_a_careful_reader()
    {
        var (compared, wrong) = MalformedFiles.Judge(Goldens.Path("gguf/malformed"), path =>
        {
            using var scope = NewDisposeScope();
            using var source = (GgufWeights)WeightSource.Open(path);
            using var decoder = LlamaDecoder.Load(LlamaConfigGguf.Read(source.Metadata, source.Tensors.Keys, path), source, new Precision(ScalarType.Float32));
        });
        Assert.Empty(wrong);
        Assert.Equal(90, compared);
    }

    [Theory, MemberData(nameof(Models))]
    public void Metadata_and_tensors_equal_what_the_reference_lists(string model)
    {
        var golden = JsonNode.Parse(File.ReadAllText(Goldens.Path($"gguf/models/{model}/golden.json")))!["gguf"]!;
        using var file = GgufFile.Open(Goldens.Path($"gguf/models/{model}/{(model == "smollm" ? "vocabulary-only" : "model")}.gguf"));
        var pairs = golden["metadata"]!.AsArray();
        Assert.Equal(pairs.Select(pair => (string)pair!["key"]!), file.Metadata.Keys);
        foreach (var pair in pairs) Compare(pair!, file.Metadata[(string)pair!["key"]!]);

        var tensors = golden["tensors"]!.AsArray();
        Assert.Equal(tensors.Select(tensor => (string)tensor!["name"]!), file.Tensors.Keys);
        foreach (var tensor in tensors)
        {
            using var loaded = file.Load((string)tensor!["name"]!);
            Assert.Equal(tensor["dims_in_file_order"]!.AsArray().Select(size => (long)size!).Reverse(), loaded.shape);
            Assert.Equal("F32", (string)tensor["type"]!);
            Assert.Equal((string)tensor["sha256"]!, Convert.ToHexStringLower(SHA256.HashData(loaded.bytes)));
        }
    }

    [Fact]
    public void Half_precision_is_kept_or_converted_as_asked()
    {
        using var scope = NewDisposeScope();
        using var file = GgufFile.Open(Goldens.Path("gguf/mixtures/tiny-f16.gguf"));
        var kept = file.Load("blk.0.attn_q.weight");
        Assert.Equal(("F16", ScalarType.Float16), (file.Tensors["blk.0.attn_q.weight"].Type, kept.dtype));
        Assert.True(file.Load("blk.0.attn_q.weight", ScalarType.Float32).equal(kept.to(ScalarType.Float32)).all().item<bool>());
        Assert.Contains("no tensor x", Assert.Throws<AttuneException>(() => file.Load("x")).Message, StringComparison.Ordinal);
    }

    private static void Compare(JsonNode pair, object actual)
    {
        var key = (string)pair["key"]!;
        if ((string)pair["type"]! != "ARRAY")
        {
            Assert.Equal(ElementTypes[(string)pair["type"]!], actual.GetType());
            Assert.Equal(Expected(pair["value"]!), Text(actual));
            return;
        }

        var values = ((Array)actual).Cast<object>().ToArray();
        Assert.Equal(ElementTypes[(string)pair["element_type"]!], actual.GetType().GetElementType());
        Assert.Equal((key, (int)pair["length"]!), (key, values.Length));
        var first = pair["first"]!.AsArray();
        Assert.Equal(first.Select(value => Expected(value!)), values.Take(first.Count).Select(Text));
        var last = pair["last"]!.AsArray();
        Assert.Equal(last.Select(value => Expected(value!)), values.TakeLast(last.Count).Select(Text));
    }

    private static string Expected(JsonNode node) =>
        node.GetValueKind() == System.Text.Json.JsonValueKind.Number ? Text(node.GetValue<double>()) : node.ToString();

    private static string Text(object value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        float or double => Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
