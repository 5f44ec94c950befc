using System.IO.Hashing;
using System.Runtime.InteropServices;
using Attune.Text.Tokenizers;

namespace Attune.Data.Corpus;

/// <summary>What a <see cref="TokenFile"/> was made of.</summary>
/// <param name="Documents">Number of documents.</param>
/// <param name="Tokens">Tokens, end-of-text tokens included.</param>
/// <param name="TextBytes">Bytes of the texts in UTF-8.</param>
/// <param name="Hash">XXH3-128 of ids and lengths, hexadecimal.</param>
public sealed record TokenFileSummary(int Documents, long Tokens, long TextBytes, string Hash);

/// <summary>Encodes documents, once and for all, into a <see cref="TokenFile"/>.</summary>
/// <param name="tokenizer">Reads special tokens within documents as plain text.</param>
/// <param name="eosId">The token put before and after every document, so that every token of its text is predicted.</param>
/// <param name="threads">Threads that encode; the file does not depend on them.</param>
public sealed class TokenFileWriter(ITokenizer tokenizer, int eosId, int threads)
{
    private const int BatchUnits = 4 << 20; // UTF-16 units of the documents that are in memory at once
    private readonly bool _isWide = TokenFile.IsWide(tokenizer.VocabularySize);

    /// <summary>Writes both files; each is there as a whole or not at all.</summary>
    /// <param name="path">Without the endings.</param>
    /// <param name="documents">Texts, none of them empty.</param>
    /// <param name="onProgress">Is told the bytes of text done.</param>
    /// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="IOException">Disk full, no permission.</exception>
    public TokenFileSummary Write(string path, IEnumerable<Document> documents, Action<long> onProgress, CancellationToken cancellation)
    {
        var ends = new List<long>();
        var (textBytes, tokens) = (0L, 0L);
        var hash = new XxHash128();
        AtomicFile.Write(TokenFile.TokensPath(path), stream =>
        {
            foreach (var batch in Batches(documents))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var document in Encode(batch, cancellation))
                {
                    tokens += document.Ids.Length;
                    ends.Add(tokens);
                    textBytes += document.TextBytes;
                    var bytes = Bytes(document.Ids);
                    hash.Append(MemoryMarshal.AsBytes<int>([document.Ids.Length]));
                    hash.Append(bytes);
                    stream.Write(bytes);
                }

                onProgress(textBytes);
            }
        });
        AtomicFile.Write(TokenFile.DocumentsPath(path), stream => stream.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(ends))));
        return new TokenFileSummary(ends.Count, tokens, textBytes, Convert.ToHexStringLower(hash.GetCurrentHash()));
    }

    private static IEnumerable<List<Document>> Batches(IEnumerable<Document> documents)
    {
        var (batch, units) = (new List<Document>(), 0L);
        foreach (var document in documents)
        {
            batch.Add(document);
            units += document.Text.Length;
            if (units < BatchUnits) continue;
            yield return batch;
            (batch, units) = ([], 0);
        }

        if (batch.Count > 0) yield return batch;
    }

    private EncodedDocument[] Encode(List<Document> batch, CancellationToken cancellation)
    {
        var encoded = new EncodedDocument[batch.Count];
        Parallel.For(0, batch.Count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i => encoded[i] = Encode(batch[i].Text));
        return encoded;
    }

    private EncodedDocument Encode(string text)
    {
        var encoding = tokenizer.Encode(text, addSpecialTokens: false, parseSpecialTokens: false);
        return new EncodedDocument([eosId, .. encoding.Ids, eosId], System.Text.Encoding.UTF8.GetByteCount(text));
    }

    private ReadOnlySpan<byte> Bytes(int[] ids)
    {
        if (_isWide) return MemoryMarshal.AsBytes<int>(ids);
        var narrow = new ushort[ids.Length];
        for (var i = 0; i < ids.Length; i++) narrow[i] = (ushort)ids[i];
        return MemoryMarshal.AsBytes<ushort>(narrow);
    }

    private readonly record struct EncodedDocument(int[] Ids, int TextBytes);
}
