using System.Text.Json.Nodes;
using Attune.Data.Corpus;
using Attune.Text.Tokenizers;
using Attune.Text.Tokenizers.Training;

namespace Attune.Data.Tests.Corpus;

/// <summary>Documents encoded with a tokenizer of bytes.</summary>
internal static class WrittenTokens
{
    public const int Eos = 0;

    /// <summary>Ids 1 to 256 are the bytes, 0 is the end of a text; with some merges where asked for.</summary>
    public static ITokenizer Tokenizer(int vocabularySize = 257, params string[] texts) =>
        TokenizerJson.Parse(
            System.Text.Encoding.UTF8.GetBytes(((JsonNode)BpeTrainer.Train(texts, new BpeTrainerOptions { VocabularySize = vocabularySize, SpecialTokens = ["<eos>"] }).ToTokenizerJson()).ToJsonString()),
            "tokenizer.json");

    public static (TokenFile File, TokenFileSummary Summary) Write(Scratch scratch, string name, IEnumerable<string> texts, ITokenizer tokenizer, int threads = 2)
    {
        var path = Path.Combine(scratch.Folder, name);
        var summary = new TokenFileWriter(tokenizer, Eos, threads).Write(path, texts.Select(text => new Document(text, null, default)), _ => { }, CancellationToken.None);
        return (TokenFile.Open(path, tokenizer.VocabularySize), summary);
    }
}
