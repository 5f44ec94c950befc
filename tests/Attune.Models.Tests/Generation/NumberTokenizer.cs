using System.Globalization;
using Attune.Text.Tokenizers;

namespace Attune.Models.Tests.Generation;

/// <summary>Stands in for the tokenizer of a model of random weights: id 17 decodes to " 17".</summary>
internal sealed class NumberTokenizer(int vocabularySize) : ITokenizer
{
    public int VocabularySize { get; } = vocabularySize;

    public Encoding Encode(string text, bool addSpecialTokens = true, bool parseSpecialTokens = true) => throw new NotSupportedException();

    public Encoding Encode(string text, IReadOnlyList<TextPart> parts) => throw new NotSupportedException();

    public IReadOnlyList<(int Start, int End, int Id)> FindAddedTokens(string text) => throw new NotSupportedException();

    public string Decode(ReadOnlySpan<int> ids, bool skipSpecialTokens = true) => string.Concat(ids.ToArray().Select(IdToToken));

    public int? TokenToId(string token) => null;

    public string IdToToken(int id) => string.Create(CultureInfo.InvariantCulture, $" {id}");

    public bool IsSpecial(int id) => false;

    public IDecodeStream StartDecoding(bool skipSpecialTokens = true) => new Stream(this);

    private sealed class Stream(NumberTokenizer tokenizer) : IDecodeStream
    {
        public string? Next(int id) => tokenizer.IdToToken(id);
    }
}
