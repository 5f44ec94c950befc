namespace Attune.Text.Tokenizers.Models;

/// <summary>Turns merges given as text into ids, with the checks and messages that both file formats share.</summary>
internal sealed class MergeList(Vocabulary vocabulary, MergeTable merges, int prefixLength, string file)
{
    private int count;

    public AttuneException Error(string problem) => new(ExitCode.Model, $"{file}: merge {count} {problem}.");

    /// <summary>Adds the merge of two tokens that stand one after the other.</summary>
    public void Add(ReadOnlySpan<char> both, int leftLength)
    {
        var left = both[..leftLength];
        var right = both[leftLength..];
        if (!vocabulary.TryId(left, out var leftId)) throw Unknown(left);
        if (!vocabulary.TryId(right, out var rightId)) throw Unknown(right);
        if (right.Length < prefixLength) throw Error($"has a right side \"{right}\" shorter than the continuing prefix");
        var whole = prefixLength == 0 ? both : string.Concat(left, right[prefixLength..]);
        if (!vocabulary.TryId(whole, out var product)) throw Unknown(whole);
        merges.Add(leftId, rightId, product);
        count++;
    }

    /// <summary>Adds the merge "left right"; the buffer is overwritten.</summary>
    public void AddJoined(Span<char> buffer, int length)
    {
        var text = buffer[..length];
        var space = text.IndexOf(' ');
        if (space < 0 || text[(space + 1)..].Contains(' ')) throw Error($"\"{text}\" is not two tokens with one space between");
        text[(space + 1)..].CopyTo(text[space..]);
        Add(text[..^1], space);
    }

    private AttuneException Unknown(ReadOnlySpan<char> token) => Error($"speaks of \"{token}\", which is not in the vocabulary");
}
