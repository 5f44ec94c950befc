using System.IO.Hashing;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Attune.Data.Corpus;

/// <summary>
/// Documents as token ids in a file that is mapped into memory: <c>name.tokens</c> holds the ids of all documents end to
/// end, 16 bits each where the vocabulary has at most 65,536 entries, else 32, little-endian; <c>name.documents</c> holds
/// where each document ends, in tokens, 64 bits each.
/// </summary>
public sealed class TokenFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long[] _ends;
    private readonly bool _isWide;

    private TokenFile(string path, long[] ends, bool isWide)
    {
        (_ends, _isWide) = (ends, isWide);
        _map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
    }

    /// <summary>Number of documents.</summary>
    public int Documents => _ends.Length;

    /// <summary>Tokens of all documents.</summary>
    public long Tokens => _ends[^1];

    private int Size => _isWide ? sizeof(int) : sizeof(ushort);

    /// <summary>Whether ids of a vocabulary take 32 bits.</summary>
    public static bool IsWide(int vocabularySize) => vocabularySize > ushort.MaxValue + 1;

    /// <summary>Maps a file.</summary>
    /// <param name="path">Without the endings.</param>
    /// <param name="vocabularySize">Of the tokenizer it was written with.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Run"/>: missing or damaged.</exception>
    public static TokenFile Open(string path, int vocabularySize)
    {
        var (tokens, documents, isWide) = (TokensPath(path), DocumentsPath(path), IsWide(vocabularySize));
        foreach (var file in new[] { tokens, documents })
        {
            if (!File.Exists(file)) throw new AttuneException(ExitCode.Run, $"{file} is missing.", "Restore it from a copy, or start a new run.");
        }

        var ends = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(documents)).ToArray();
        var expected = ends.Length == 0 ? 0 : ends[^1] * (isWide ? sizeof(int) : sizeof(ushort));
        var found = new FileInfo(tokens).Length;
        if (expected == 0 || found != expected)
            throw new AttuneException(ExitCode.Run, $"{tokens} is damaged: {found:N0} bytes, expected {expected:N0}.", "Restore it from a copy, or start a new run.");
        return new TokenFile(tokens, ends, isWide);
    }

    /// <summary>Where a document begins, in tokens.</summary>
    public long StartOf(int document) => document == 0 ? 0 : _ends[document - 1];

    /// <summary>Tokens of a document, its end-of-text tokens included.</summary>
    public long LengthOf(int document) => _ends[document] - StartOf(document);

    /// <summary>Reads ids.</summary>
    /// <param name="start">The first, in tokens from the beginning of the file.</param>
    /// <param name="count">How many.</param>
    public int[] Read(long start, int count)
    {
        var ids = new int[count];
        if (_isWide)
        {
            _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)start * sizeof(int), ids.AsSpan());
            return ids;
        }

        var narrow = new ushort[count];
        _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)start * sizeof(ushort), narrow.AsSpan());
        for (var i = 0; i < count; i++) ids[i] = narrow[i];
        return ids;
    }

    /// <summary>XXH3-128 of ids and lengths, as <see cref="TokenFileWriter"/> gave it.</summary>
    public string Hash()
    {
        var hash = new XxHash128();
        for (var document = 0; document < Documents; document++)
        {
            var bytes = new byte[checked((int)LengthOf(document) * Size)];
            _view.SafeMemoryMappedViewHandle.ReadSpan((ulong)(StartOf(document) * Size), bytes.AsSpan());
            hash.Append(MemoryMarshal.AsBytes<int>([(int)LengthOf(document)]));
            hash.Append(bytes);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    internal static string TokensPath(string path) => path + ".tokens";

    internal static string DocumentsPath(string path) => path + ".documents";
}
