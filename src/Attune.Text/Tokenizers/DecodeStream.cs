namespace Attune.Text.Tokenizers;

/// <summary>
/// Decodes the ids since the last text that came out, and lets text out once it no longer ends in an unfinished
/// character. The ids of that last text stay before them, for decoders that look back.
/// </summary>
internal sealed class DecodeStream(ITokenizer tokenizer, bool skipSpecialTokens) : IDecodeStream
{
    private const char Unfinished = '\uFFFD';

    private readonly List<int> ids = [];
    private string shown = ""; // what the first shownCount ids decode to
    private int shownCount;

    public string? Next(int id)
    {
        ids.Add(id);
        var text = Decode();
        if (text.Length <= shown.Length || text[^1] == Unfinished || !text.StartsWith(shown, StringComparison.Ordinal)) return null;
        var fresh = text[shown.Length..];
        ids.RemoveRange(0, shownCount);
        shown = Decode();
        shownCount = ids.Count;
        return fresh;
    }

    private string Decode() => tokenizer.Decode(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(ids), skipSpecialTokens);
}
