using System.Text.Json.Nodes;

namespace Attune.Text.Tokenizers;

/// <summary>The objects of tokenizer.json that a byte-level BPE tokenizer is written as.</summary>
internal static class TokenizerJsonObjects
{
    /// <summary>The whole file; components that are null do nothing.</summary>
    public static JsonObject Tokenizer(
        IEnumerable<JsonObject> addedTokens,
        JsonObject? normalizer,
        JsonObject? preTokenizer,
        JsonObject? postProcessor,
        JsonObject? decoder,
        JsonObject model)
    {
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = new JsonArray([.. addedTokens]),
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = preTokenizer,
            ["post_processor"] = postProcessor,
            ["decoder"] = decoder,
            ["model"] = model,
        };
    }

    /// <summary>A token that is found in the text as it stands, before anything else is done to it.</summary>
    public static JsonObject AddedToken(int id, string content, bool special) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = special,
    };

    /// <summary>The pre-tokenizer or decoder "ByteLevel"; a decoder's flags do nothing.</summary>
    public static JsonObject ByteLevel(bool addPrefixSpace, bool useRegex) => new()
    {
        ["type"] = "ByteLevel",
        ["add_prefix_space"] = addPrefixSpace,
        ["trim_offsets"] = true,
        ["use_regex"] = useRegex,
    };

    /// <summary>The model "BPE" without unknown token, prefix and suffix.</summary>
    public static JsonObject Model(JsonObject vocabulary, IEnumerable<JsonNode> merges, bool ignoreMerges) => new()
    {
        ["type"] = "BPE",
        ["dropout"] = null,
        ["unk_token"] = null,
        ["continuing_subword_prefix"] = null,
        ["end_of_word_suffix"] = null,
        ["fuse_unk"] = false,
        ["byte_fallback"] = false,
        ["ignore_merges"] = ignoreMerges,
        ["vocab"] = vocabulary,
        ["merges"] = new JsonArray([.. merges]),
    };

    /// <summary>The post-processor that puts BOS before and EOS after each text, as far as they are given.</summary>
    public static JsonObject? Frame((int Id, string Text)? bos, (int Id, string Text)? eos)
    {
        if (bos is null && eos is null) return null;
        var special = new JsonObject();
        foreach (var token in new[] { bos, eos })
        {
            if (token is { } one)
                special[one.Text] = new JsonObject { ["id"] = one.Text, ["ids"] = new JsonArray(one.Id), ["tokens"] = new JsonArray(one.Text) };
        }

        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray([.. Framed("A", 0)]),
            ["pair"] = new JsonArray([.. Framed("A", 0), .. Framed("B", 1)]),
            ["special_tokens"] = special,
        };

        IEnumerable<JsonNode> Framed(string sequence, int type)
        {
            if (bos is { } first) yield return Piece("SpecialToken", first.Text, type);
            yield return Piece("Sequence", sequence, type);
            if (eos is { } last) yield return Piece("SpecialToken", last.Text, type);
        }
    }

    private static JsonObject Piece(string kind, string id, int type) =>
        new() { [kind] = new JsonObject { ["id"] = id, ["type_id"] = type } };
}
