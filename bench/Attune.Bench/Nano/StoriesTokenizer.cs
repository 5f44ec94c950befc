using System.Text;
using System.Text.Json.Nodes;
using Attune.Data.Corpus;
using Attune.Evaluation.Texts;
using Microsoft.ML.Tokenizers;

namespace Attune.Bench.Nano;

/// <summary>
/// The tokenizer of stories260K, a SentencePiece BPE, which ours do not read. It takes runs of spaces as one and drops those at the ends of a
/// text, so the model does not pay for them; their bytes count as those of every other model do.
/// </summary>
internal sealed class StoriesTokenizer
{
    private const int Bos = 1;
    private readonly LlamaTokenizer _tokenizer;

    /// <summary>Reads it and compares it with the ids that the reference gives the examples.</summary>
    public StoriesTokenizer(string folder)
    {
        using var file = File.OpenRead(Path.Combine(folder, "tok512.model"));
        _tokenizer = LlamaTokenizer.Create(file, addBeginOfSentence: false, addEndOfSentence: false);
        foreach (var example in JsonNode.Parse(File.ReadAllText(Path.Combine(folder, "golden.json")))!["tokenizer"]!["examples"]!.AsArray())
        {
            var (text, ids) = ((string)example!["text"]!, example["ids"]!.AsArray().Select(id => (int)id!));
            if (!_tokenizer.EncodeToIds(text).SequenceEqual(ids)) throw new InvalidDataException($"The tokenizer reads '{text}' otherwise than the reference.");
        }
    }

    /// <summary>A document after BOS.</summary>
    public TextSample Encode(Document document) => new([Bos, .. _tokenizer.EncodeToIds(document.Text)], Encoding.UTF8.GetByteCount(document.Text), document.Source);
}
