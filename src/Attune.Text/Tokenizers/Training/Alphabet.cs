using System.Runtime.InteropServices;
using System.Text;

namespace Attune.Text.Tokenizers.Training;

/// <summary>The single characters of a vocabulary.</summary>
internal static class Alphabet
{
    /// <summary>The characters of the words and the initial ones within the limit, in code point order.</summary>
    public static IEnumerable<Rune> Choose(IReadOnlyDictionary<string, long> words, WordSplitter splitter, BpeTrainerOptions options)
    {
        var counts = new Dictionary<Rune, long>();
        foreach (var (word, count) in words)
        {
            foreach (var character in splitter.Characters(word))
                CollectionsMarshal.GetValueRefOrAddDefault(counts, character, out _) += count;
        }

        foreach (var character in options.InitialAlphabet.EnumerateRunes()) counts[character] = long.MaxValue;
        return counts
            .OrderByDescending(character => character.Value).ThenBy(character => character.Key)
            .Take(options.LimitAlphabet ?? int.MaxValue)
            .Select(character => character.Key).Order();
    }
}
