using Attune.Text.Tokenizers.AddedTokens;
using Attune.Text.Tokenizers.Decoders;
using Attune.Text.Tokenizers.Gguf;
using Attune.Text.Tokenizers.Models;
using Attune.Text.Tokenizers.Normalizers;
using Attune.Text.Tokenizers.Patterns;
using Attune.Text.Tokenizers.PostProcessors;
using Attune.Text.Tokenizers.PreTokenizers;

namespace Attune.Text.Tokenizers;

/// <summary>
/// Makes a tokenizer of the metadata of a GGUF file (<c>tokenizer.ggml.*</c>), byte-level BPE only (model <c>gpt2</c>).
/// </summary>
public static class GgufTokenizer
{
    // token_type of llama.cpp: 1 normal, 5 unused, 6 byte are plain vocabulary.
    private const int Unknown = 2;
    private const int Control = 3;
    private const int UserDefined = 4;

    /// <summary>Makes the tokenizer.</summary>
    /// <param name="metadata">Key to boxed value or array, as the GGUF reader gives them.</param>
    /// <param name="path">The file, for errors.</param>
    /// <exception cref="AttuneException">A key is missing or of the wrong type, or names what Attune does not have.</exception>
    public static ITokenizer Create(IReadOnlyDictionary<string, object> metadata, string path)
    {
        var reader = new GgufMetadata(metadata, path);
        var splitting = Splitting(reader);
        var tokens = reader.Texts("tokenizer.ggml.tokens");
        var kinds = reader.Kinds();
        if (kinds is not null && kinds.Length != tokens.Length)
            throw reader.Error($"tokenizer.ggml.token_type has {kinds.Length} entries for {tokens.Length} tokens.");
        return new Tokenizer(new TokenizerStages
        {
            AddedTokens = kinds is null ? [] : [.. Added(tokens, kinds).Select(added => added.Token)],
            Normalizer = splitting.Compose ? new UnicodeNormalizer(compose: true, compatibility: false) : null,
            PreTokenizers = [.. splitting.Patterns.Select(pattern => PreTokenizerReader.Isolate(PatternReader.OfRegex(pattern, path)))],
            Model = Model(tokens, reader.Texts("tokenizer.ggml.merges"), splitting.IgnoreMerges, path),
            PostProcessor = Frame(reader, splitting),
            Decoder = new ByteLevelDecoder(),
        });
    }

    /// <summary>How the file's tokenizer splits text.</summary>
    internal static GgufPreTokenizer Splitting(GgufMetadata reader)
    {
        var model = reader.Text("tokenizer.ggml.model") ?? throw reader.Error("the key tokenizer.ggml.model is missing.");
        if (model != "gpt2")
            throw reader.Error($"tokenizer.ggml.model \"{model}\" is not supported.", "Attune reads byte-level BPE (gpt2).");
        var name = reader.Text("tokenizer.ggml.pre") ?? throw reader.Error(
            "the key tokenizer.ggml.pre is missing: it names how text is split.", "Convert the model again with a newer llama.cpp.");
        return GgufPreTokenizers.Find(name) ?? throw reader.Error(
            $"tokenizer.ggml.pre \"{name}\" is not supported.", $"Attune knows {string.Join(", ", GgufPreTokenizers.Names)}.");
    }

    /// <summary>The token before each text, if the file asks for one.</summary>
    internal static (int Id, string Text)? Bos(GgufMetadata reader, GgufPreTokenizer splitting) =>
        reader.Flag("tokenizer.ggml.add_bos_token") ?? splitting.AddBos ? reader.Token("bos") : null;

    /// <summary>The token after each text, if the file asks for one.</summary>
    internal static (int Id, string Text)? Eos(GgufMetadata reader) =>
        reader.Flag("tokenizer.ggml.add_eos_token") ?? false ? reader.Token("eos") : null;

    /// <summary>Tokens that are found before anything else is done to a text, by rising id.</summary>
    internal static IEnumerable<(int Id, AddedToken Token)> Added(string[] tokens, int[] kinds)
    {
        for (var id = 0; id < tokens.Length; id++)
        {
            if (kinds[id] is Unknown or Control or UserDefined)
                yield return (id, new AddedToken(tokens[id], false, false, false, Normalized: false, Special: kinds[id] != UserDefined));
        }
    }

    private static BpeModel Model(string[] tokens, string[] mergeTexts, bool ignoreMerges, string path)
    {
        var vocabulary = new Vocabulary(tokens.Length);
        for (var id = 0; id < tokens.Length; id++) vocabulary.Add(tokens[id], id);
        var merges = new MergeTable(mergeTexts.Length);
        var list = new MergeList(vocabulary, merges, prefixLength: 0, path);
        var buffer = new char[256];
        foreach (var text in mergeTexts)
        {
            if (text.Length > buffer.Length) buffer = new char[text.Length * 2];
            text.CopyTo(buffer);
            list.AddJoined(buffer, text.Length);
        }

        return new BpeModel(vocabulary, merges, new BpeOptions { IgnoreMerges = ignoreMerges }, overBytes: true, path);
    }

    // BOS before and EOS after the text, as far as the file asks for them.
    private static TemplatePostProcessor? Frame(GgufMetadata reader, GgufPreTokenizer splitting)
    {
        var (bos, eos) = (Bos(reader, splitting), Eos(reader));
        if (bos is null && eos is null) return null;
        var template = new List<IReadOnlyList<(int Id, string Token)>?> { null };
        if (bos is { } first) template.Insert(0, [first]);
        if (eos is { } last) template.Add([last]);
        return new TemplatePostProcessor(template);
    }
}
