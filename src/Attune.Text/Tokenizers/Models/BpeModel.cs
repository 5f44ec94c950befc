using System.Buffers;
using System.Globalization;
using System.Text;

namespace Attune.Text.Tokenizers.Models;

/// <summary>Byte-pair encoding (Sennrich et al. 2016) over characters, or over bytes in their printable stand-ins.</summary>
internal sealed class BpeModel : ITokenModel
{
    private readonly MergeTable merges;
    private readonly BpeOptions options;
    private readonly bool overBytes;
    private readonly int[] byteIds = new int[256]; // id of a byte's stand-in, or −1
    private readonly int[] fallbackIds = new int[256]; // id of <0xNN>, or −1
    private readonly string file;
    private readonly PieceCache cache = new();

    /// <summary>Takes the parts of the model.</summary>
    /// <param name="vocabulary">Tokens and ids.</param>
    /// <param name="merges">The merges, by rank.</param>
    /// <param name="options">The options; prefix and suffix must be empty over bytes.</param>
    /// <param name="overBytes">Whether pieces are split into the bytes of their UTF-8, each named by its stand-in.</param>
    /// <param name="file">Where the model came from, for errors.</param>
    public BpeModel(Vocabulary vocabulary, MergeTable merges, BpeOptions options, bool overBytes, string file)
    {
        Vocabulary = vocabulary;
        this.merges = merges;
        this.options = options;
        this.overBytes = overBytes;
        this.file = file;
        for (var b = 0; b < 256; b++)
        {
            byteIds[b] = vocabulary.Id(ByteAlphabet.ToChar((byte)b).ToString()) ?? -1;
            fallbackIds[b] = vocabulary.Id(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>")) ?? -1;
        }
    }

    public Vocabulary Vocabulary { get; }

    public void Tokenize(Piece piece, TokenList tokens)
    {
        var found = piece.Length <= PieceCache.LongestPiece ? Remembered(piece.Span) : Compute(piece.Span);
        for (var i = 0; i < found.Ids.Length; i++)
        {
            var (start, end) = found.Ranges[i];
            tokens.Add(found.Ids[i], Vocabulary.Token(found.Ids[i])!, piece.Original(start, end));
        }
    }

    private PieceTokens Remembered(ReadOnlySpan<char> piece)
    {
        var found = cache.Find(piece, out var slot);
        if (found is null)
        {
            found = Compute(piece);
            cache.Store(slot, found);
        }

        return found;
    }

    private PieceTokens Compute(ReadOnlySpan<char> piece)
    {
        // A unit is a byte of the piece as the reference holds it: UTF-8, of the stand-ins where bytes have them
        // (one or two units a byte). owners: the UTF-16 index of the character that a unit belongs to.
        var owners = ArrayPool<int>.Shared.Rent(piece.Length * (overBytes ? 6 : 3));
        var word = new BpeWord(piece.Length * (overBytes ? 3 : 1));
        try
        {
            if (options.IgnoreMerges && TryWhole(piece, out var id))
                return new(piece.ToString(), [id], [(0, piece.Length)]);
            if (overBytes) AddBytes(piece, owners, ref word);
            else AddCharacters(piece, owners, ref word);
            word.Merge(merges);
            return Collect(piece, owners, word);
        }
        finally
        {
            word.Dispose();
            ArrayPool<int>.Shared.Return(owners);
        }
    }

    private bool TryWhole(ReadOnlySpan<char> piece, out int id)
    {
        if (!overBytes) return Vocabulary.TryId(piece, out id);
        var text = new StringBuilder(piece.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in piece.EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) text.Append(ByteAlphabet.ToChar(b));
        }

        return Vocabulary.TryId(text.ToString(), out id);
    }

    private void AddBytes(ReadOnlySpan<char> piece, int[] owners, ref BpeWord word)
    {
        var (at, units, unknown) = (0, 0, 0);
        Span<byte> bytes = stackalloc byte[4];
        Span<char> standIn = stackalloc char[1];
        foreach (var rune in piece.EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                standIn[0] = ByteAlphabet.ToChar(b);
                var width = standIn[0] < 0x80 ? 1 : 2;
                owners.AsSpan(units, width).Fill(at);
                units += width;
                AddSymbol(byteIds[b], standIn, width, ref unknown, ref word);
            }

            at += rune.Utf16SequenceLength;
        }

        AddUnknown(ref unknown, ref word);
    }

    private void AddCharacters(ReadOnlySpan<char> piece, int[] owners, ref BpeWord word)
    {
        var (units, unknown) = (0, 0);
        var (prefix, suffix) = (options.ContinuingSubwordPrefix, options.EndOfWordSuffix);
        for (var at = 0; at < piece.Length;)
        {
            Rune.DecodeFromUtf16(piece[at..], out var rune, out var length);
            var width = rune.Utf8SequenceLength;
            owners.AsSpan(units, width).Fill(at);
            units += width;
            var symbol = piece.Slice(at, length);
            var isLast = at + length == piece.Length;
            if ((at > 0 && prefix.Length > 0) || (isLast && suffix.Length > 0))
                symbol = string.Concat(at > 0 ? prefix : "", symbol, isLast ? suffix : "");
            AddSymbol(Vocabulary.TryId(symbol, out var id) ? id : -1, symbol, width, ref unknown, ref word);
            at += length;
        }

        AddUnknown(ref unknown, ref word);
    }

    // unknown: units of an unknown token that is still open, because the next symbol may be fused to it.
    private void AddSymbol(int id, scoped ReadOnlySpan<char> symbol, int units, ref int unknown, ref BpeWord word)
    {
        if (id >= 0)
        {
            AddUnknown(ref unknown, ref word);
            word.Add(id, units);
        }
        else if (!options.ByteFallback || !TryFallback(symbol, ref word))
        {
            if (options.UnknownToken is null) return;
            if (!options.FuseUnknown) AddUnknown(ref unknown, ref word);
            unknown += units;
        }
    }

    private bool TryFallback(scoped ReadOnlySpan<char> symbol, ref BpeWord word)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in symbol.EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (fallbackIds[b] < 0) return false;
            }
        }

        foreach (var rune in symbol.EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) word.Add(fallbackIds[b], 1);
        }

        return true;
    }

    private void AddUnknown(ref int units, ref BpeWord word)
    {
        if (units == 0) return;
        var id = Vocabulary.Id(options.UnknownToken!) ?? throw new AttuneException(
            ExitCode.Model, $"{file}: model.unk_token \"{options.UnknownToken}\" is needed for a text and is not in the vocabulary.");
        word.Add(id, units);
        units = 0;
    }

    private static PieceTokens Collect(ReadOnlySpan<char> piece, int[] owners, BpeWord word)
    {
        var count = 0;
        for (var i = 0; i < word.Count; i++)
        {
            if (word[i].Units > 0) count++;
        }

        var (ids, ranges) = (new int[count], new (int, int)[count]);
        var (n, unit) = (0, 0);
        for (var i = 0; i < word.Count; i++)
        {
            var (id, units) = word[i];
            if (units == 0) continue;
            var last = owners[unit + units - 1];
            ids[n] = id;
            ranges[n++] = (owners[unit], last + (char.IsHighSurrogate(piece[last]) ? 2 : 1));
            unit += units;
        }

        return new(piece.ToString(), ids, ranges);
    }
}
