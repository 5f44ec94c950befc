using Attune.Models.Layers;

namespace Attune.Models.Architectures;

/// <summary>The configuration of a Llama model from GGUF metadata (keys: the GGUF specification of llama.cpp).</summary>
public static class LlamaConfigGguf
{
    /// <summary>Reads a configuration.</summary>
    /// <param name="metadata">Key-value pairs of the file.</param>
    /// <param name="tensors">Hugging Face names of the tensors: the output layer and biases are where they are.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: a key is missing, of the wrong type, or names an architecture that is not built.</exception>
    public static LlamaConfig Read(IReadOnlyDictionary<string, object> metadata, IEnumerable<string> tensors, string path)
    {
        var architecture = metadata.GetValueOrDefault("general.architecture") as string;
        if (architecture != "llama")
            throw new AttuneException(ExitCode.Model, $"{path}: general.architecture is '{architecture}'; the architecture built is llama.");
        var names = tensors.ToHashSet();
        var hidden = Required("llama.embedding_length");
        var heads = Required("llama.attention.head_count");
        var positions = Integer("llama.context_length") ?? 2048;
        return new LlamaConfig
        {
            VocabularySize = (metadata.GetValueOrDefault("tokenizer.ggml.tokens") as string[])?.Length ?? Required("llama.vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = Required("llama.feed_forward_length"),
            Layers = Required("llama.block_count"),
            Heads = heads,
            KeyValueHeads = Integer("llama.attention.head_count_kv") ?? heads,
            HeadSize = Integer("llama.attention.key_length") ?? (heads > 0 ? hidden / heads : 0),
            NormEpsilon = Number("llama.attention.layer_norm_rms_epsilon") ?? 1e-5,
            MaxPositions = positions,
            Rotary = Rotary(),
            TiedHead = !names.Contains("lm_head.weight"),
            AttentionBias = names.Contains("model.layers.0.self_attn.q_proj.bias"),
            MlpBias = names.Contains("model.layers.0.mlp.up_proj.bias"),
            PaddingId = Integer("tokenizer.ggml.padding_token_id"),
            BosId = Integer("tokenizer.ggml.bos_token_id"),
            EosIds = [.. new[] { Integer("tokenizer.ggml.eos_token_id"), Integer("tokenizer.ggml.eot_token_id") }.OfType<int>().Distinct()],
        }.Checked(path);

        // llama3 scaling is no key but the tensor rope_freqs.weight, which the decoder reads.
        RotaryOptions Rotary()
        {
            var theta = Number("llama.rope.freq_base") ?? 10000;
            var kind = metadata.GetValueOrDefault("llama.rope.scaling.type") as string ?? "none";
            return kind switch
            {
                "none" => new RotaryOptions(theta),
                "linear" or "yarn" => new RotaryOptions(theta, kind == "linear" ? RotaryScaling.Linear : RotaryScaling.Yarn)
                {
                    Factor = Number("llama.rope.scaling.factor") ?? 1,
                    OriginalPositions = Integer("llama.rope.scaling.original_context_length") ?? positions,
                },
                _ => throw new AttuneException(ExitCode.Model, $"{path}: llama.rope.scaling.type '{kind}' is not built; built are none, linear, yarn."),
            };
        }

        int Required(string key) => Integer(key)
            ?? throw new AttuneException(ExitCode.Model, $"{path}: {key} is missing; expected a whole number above 0.");

        int? Integer(string key) => Number(key) is not { } number ? null
            : double.IsInteger(number) && Math.Abs(number) <= int.MaxValue ? (int)number : throw Wrong(key, "a whole number");

        double? Number(string key) => metadata.GetValueOrDefault(key) switch
        {
            null => null,
            byte or sbyte or ushort or short or uint or int or ulong or long or float or double =>
                Convert.ToDouble(metadata[key], System.Globalization.CultureInfo.InvariantCulture) is var number && double.IsFinite(number) ? number : throw Wrong(key, "a number"),
            _ => throw Wrong(key, "a number"),
        };

        AttuneException Wrong(string key, string expected) => new(ExitCode.Model, $"{path}: {key} is {metadata[key]}; expected {expected}.");
    }
}
