namespace Attune.Training.Recipes;

/// <summary>The message for a key that does not exist, with the one that was probably meant.</summary>
internal static class UnknownKey
{
    /// <summary>What other trainers call these settings.</summary>
    private static readonly Dictionary<string, string> OtherWords = new()
    {
        ["base_model"] = "model", ["model_name_or_path"] = "model", ["model_path"] = "model",
        ["per_device_train_batch_size"] = "batch_size", ["micro_batch_size"] = "batch_size",
        ["num_train_epochs"] = "epochs", ["num_epochs"] = "epochs",
        ["lr"] = "learning_rate", ["lr_scheduler_type"] = "lr_scheduler", ["optim"] = "optimizer",
        ["max_seq_length"] = "max_sequence_length", ["max_seq_len"] = "max_sequence_length", ["max_length"] = "max_sequence_length",
        ["sequence_len"] = "max_sequence_length", ["cutoff_len"] = "max_sequence_length",
        ["clip_grad_norm"] = "max_grad_norm", ["gradient_clipping"] = "max_grad_norm",
        ["dtype"] = "compute_type", ["torch_dtype"] = "compute_type", ["bf16"] = "compute_type", ["output_dir"] = "output",
        ["r"] = "lora.rank", ["lora_r"] = "lora.rank", ["lora_rank"] = "lora.rank", ["lora_alpha"] = "lora.alpha",
        ["lora_dropout"] = "lora.dropout", ["lora_target_modules"] = "lora.target_modules",
        ["dataset"] = "data.train", ["train_file"] = "data.train", ["validation_file"] = "data.validation",
        ["vocab_size"] = "tokenizer.vocabulary_size", ["num_hidden_layers"] = "architecture.layers", ["num_attention_heads"] = "architecture.heads",
        ["num_key_value_heads"] = "architecture.key_value_heads", ["head_dim"] = "architecture.head_size",
        ["max_position_embeddings"] = "architecture.context", ["rms_norm_eps"] = "architecture.norm_epsilon",
        ["tie_word_embeddings"] = "architecture.tied_head",
    };

    /// <summary>Names the nearest right key: in the same section, else anywhere.</summary>
    /// <param name="kind">Which keys there are.</param>
    /// <param name="path">The whole key as given, for example <c>lora.rnak</c>.</param>
    /// <param name="at">Where it stands.</param>
    public static AttuneException Error(RecipeKind kind, string path, Place at)
    {
        var dot = path.LastIndexOf('.');
        var (section, name) = (dot < 0 ? "" : path[..dot], path[(dot + 1)..]);
        var known = kind.Keys.Select(key => key.Path).Concat(kind.SectionPaths).ToList();
        var nearest = (OtherWords.TryGetValue(name, out var meant) && kind.ByPath.ContainsKey(meant) ? meant : null)
            ?? known.FirstOrDefault(key => SectionOf(key) != section && NameIn(key) == name)
            ?? NearestIn(known.Where(key => SectionOf(key) == section))
            ?? NearestIn(known)
            ?? NearestName.Of(path, known);
        return at.Error(
            $"there is no key '{path}'{(nearest is null ? "" : $"; did you mean '{nearest}'?")}",
            $"{kind.Page} lists every key.");

        string? NearestIn(IEnumerable<string> keys)
        {
            var list = keys.ToList();
            return NearestName.Of(name, list.Select(NameIn)) is { } found ? list.First(key => NameIn(key) == found) : null;
        }
    }

    private static string SectionOf(string path) => path.LastIndexOf('.') is var dot and >= 0 ? path[..dot] : "";

    private static string NameIn(string path) => path[(path.LastIndexOf('.') + 1)..];
}
