using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Attune.Models.Weights;

/// <summary>
/// The tensors of a llama GGUF file under their Hugging Face names and in Hugging Face's order: llama.cpp keeps the rows
/// of each query and key head as pairs for its rotary embedding, [d/2, 2], where Hugging Face has [2, d/2].
/// </summary>
public sealed partial class GgufWeights : IWeightSource
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["token_embd.weight"] = "model.embed_tokens.weight",
        ["output_norm.weight"] = "model.norm.weight",
        ["output.weight"] = "lm_head.weight",
    };

    private static readonly Dictionary<string, string> LayerNames = new()
    {
        ["attn_norm"] = "input_layernorm",
        ["attn_q"] = "self_attn.q_proj",
        ["attn_k"] = "self_attn.k_proj",
        ["attn_v"] = "self_attn.v_proj",
        ["attn_output"] = "self_attn.o_proj",
        ["ffn_norm"] = "post_attention_layernorm",
        ["ffn_gate"] = "mlp.gate_proj",
        ["ffn_up"] = "mlp.up_proj",
        ["ffn_down"] = "mlp.down_proj",
    };

    private readonly GgufFile _file;
    private readonly Dictionary<string, string> _fileNames; // by Hugging Face name

    /// <summary>Takes over an open file.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: another architecture, or a head count that is none.</exception>
    public GgufWeights(GgufFile file)
    {
        _file = file;
        if (!file.Metadata.TryGetValue("general.architecture", out var architecture) || architecture is not "llama")
            throw new AttuneException(ExitCode.Model, $"{file.Path}: general.architecture is {architecture ?? "missing"}; llama is supported.");
        if (file.Metadata.GetValueOrDefault("split.count") is ushort parts and > 1)
            throw new AttuneException(ExitCode.Model, $"{file.Path} is one of {parts} parts of a model.", "Join them first: llama-gguf-split --merge.");
        _fileNames = [];
        foreach (var name in file.Tensors.Keys)
        {
            if (!_fileNames.TryAdd(HuggingFaceName(name), name))
                throw new AttuneException(ExitCode.Model, $"{file.Path}: {name} and {_fileNames[HuggingFaceName(name)]} are the same tensor of a model.");
        }

        Tensors = _fileNames.ToDictionary(pair => pair.Key, pair => file.Tensors[pair.Value] with { Name = pair.Key });
    }

    /// <inheritdoc/>
    public string Path => _file.Path;

    /// <summary>The file's metadata.</summary>
    public IReadOnlyDictionary<string, object> Metadata => _file.Metadata;

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorInfo> Tensors { get; }

    /// <inheritdoc/>
    public Tensor Load(string name, ScalarType? type = null)
    {
        if (!_fileNames.TryGetValue(name, out var fileName)) throw new AttuneException(ExitCode.Model, $"{Path}: there is no tensor {name}.");
        using var scope = NewDisposeScope();
        var loaded = _file.Load(fileName, type);
        var heads = Rotated().Match(name) is { Success: true } match
            ? HeadCount(match.Groups[1].Value == "q" ? "llama.attention.head_count" : "llama.attention.head_count_kv")
            : 0;
        return (heads == 0 ? loaded : HuggingFaceOrder(loaded, heads)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>[heads × d/2 × 2, …] as [heads × 2 × d/2, …].</summary>
    private Tensor HuggingFaceOrder(Tensor tensor, long heads)
    {
        var rows = tensor.shape[0];
        if (rows % (2 * heads) != 0)
            throw new AttuneException(ExitCode.Model, $"{Path}: {rows} query or key rows cannot be shared out to {heads} heads.");
        long[] rest = [.. tensor.shape.Skip(1)];
        return tensor.view([heads, rows / heads / 2, 2, .. rest]).transpose(1, 2).reshape(tensor.shape).contiguous();
    }

    private long HeadCount(string key)
    {
        if (!_file.Metadata.TryGetValue(key, out var value)) (key, value) = ("llama.attention.head_count", _file.Metadata.GetValueOrDefault("llama.attention.head_count"));
        return value is uint count and > 0 and < 1 << 16
            ? count
            : throw new AttuneException(ExitCode.Model, $"{Path}: {key} is {value ?? "missing"}; expected a count of heads.");
    }

    private static string HuggingFaceName(string name)
    {
        if (Names.TryGetValue(name, out var known)) return known;
        return LayerTensor().Match(name) is { Success: true } match && LayerNames.TryGetValue(match.Groups[2].Value, out var module)
            ? $"model.layers.{match.Groups[1].Value}.{module}.{match.Groups[3].Value}"
            : name;
    }

    [GeneratedRegex(@"^blk\.(\d{1,6})\.(\w+)\.(weight|bias)$", RegexOptions.NonBacktracking)]
    private static partial Regex LayerTensor();

    [GeneratedRegex(@"\.self_attn\.([qk])_proj\.", RegexOptions.CultureInvariant)]
    private static partial Regex Rotated();
}
