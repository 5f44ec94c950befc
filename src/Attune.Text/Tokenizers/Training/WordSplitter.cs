using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Text.Tokenizers.Normalizers;
using Attune.Text.Tokenizers.PreTokenizers;

namespace Attune.Text.Tokenizers.Training;

/// <summary>Cuts texts into the words that the tokenizer will see, and words into characters.</summary>
/// <param name="normalizer">Rewrites a text first; null: nothing does.</param>
/// <param name="stages">Cut it; without a last one that would name bytes by their stand-ins.</param>
/// <param name="overBytes">Whether the characters of a word are the stand-ins of its bytes.</param>
internal sealed class WordSplitter(INormalizer? normalizer, IReadOnlyList<IPreTokenizer> stages, bool overBytes)
{
    public bool OverBytes => overBytes;

    /// <summary>Reads the two components of the options.</summary>
    /// <exception cref="AttuneException">Malformed, or a component that Attune does not have.</exception>
    public static WordSplitter Read(BpeTrainerOptions options)
    {
        var stages = options.PreTokenizer is { } pre ? PreTokenizerReader.Read(Component("pre_tokenizer", pre)) : [];
        var overBytes = stages is [.., ToByteAlphabet];
        if (overBytes) stages.RemoveAt(stages.Count - 1);
        return new WordSplitter(
            options.Normalizer is { } normalizer ? NormalizerReader.Read(Component("normalizer", normalizer)) : null, stages, overBytes);
    }

    /// <summary>The words of a text, none of them empty.</summary>
    public IReadOnlyList<Piece> Words(string text)
    {
        if (text.Length == 0) return [];
        var piece = new AlignedText(LoneSurrogates.Replace(text)).Whole;
        piece = normalizer?.Normalize(piece) ?? piece;
        return piece.Length == 0 ? [] : PreTokenization.Split(stages, piece);
    }

    /// <summary>The characters of a word.</summary>
    public IEnumerable<Rune> Characters(string word) => overBytes
        ? System.Text.Encoding.UTF8.GetBytes(word).Select(value => new Rune(ByteAlphabet.ToChar(value)))
        : word.EnumerateRunes();

    private static Component Component(string key, JsonObject json) =>
        new("tokenizer trainer", key, JsonElement.Parse(json.ToJsonString()));
}
