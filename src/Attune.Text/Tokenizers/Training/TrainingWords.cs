using System.Runtime.InteropServices;
using Attune.Text.Tokenizers.Models;

namespace Attune.Text.Tokenizers.Training;

/// <summary>The different words of the texts as token ids, which merges shorten; in one array, one after the other.</summary>
internal sealed class TrainingWords
{
    private readonly List<int> ids = [];
    private readonly List<(int Start, int Length, long Count)> words;

    /// <summary>Takes the words; a character that is not in the vocabulary is left out.</summary>
    public TrainingWords(IReadOnlyDictionary<string, long> counts, WordSplitter splitter, Vocabulary vocabulary)
    {
        words = new(counts.Count);
        Span<char> units = stackalloc char[2];
        foreach (var (word, count) in counts)
        {
            var start = ids.Count;
            foreach (var character in splitter.Characters(word))
            {
                if (vocabulary.TryId(units[..character.EncodeToUtf16(units)], out var id)) ids.Add(id);
            }

            words.Add((start, ids.Count - start, count));
        }
    }

    public int Count => words.Count;

    /// <summary>The tokens of a word.</summary>
    public Span<int> this[int word] => CollectionsMarshal.AsSpan(ids).Slice(words[word].Start, words[word].Length);

    /// <summary>How often a word occurs in the texts.</summary>
    public long CountOf(int word) => words[word].Count;

    /// <summary>Keeps the first tokens of a word.</summary>
    public void Shorten(int word, int length) => words[word] = words[word] with { Length = length };
}
