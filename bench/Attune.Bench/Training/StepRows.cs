using Attune.Bench.Model;
using Attune.Data.Preparation;

namespace Attune.Bench.Training;

/// <summary>What a case trains on: rows, and how many of them an optimizer step takes.</summary>
internal sealed record StepRows(IReadOnlyList<Example> Rows, int RowsPerStep)
{
    private const int ChatRows = 14, ChatTokens = 1024, ShortestChat = 30, LongestChat = 120;

    /// <summary>Rows of one step, of random tokens with labels on the second half of each.</summary>
    /// <param name="lengths">Tokens of each row.</param>
    public static StepRows OfLengths(params IReadOnlyList<int> lengths) => OfLengths(SmolLm2.Config.VocabularySize, lengths);

    /// <summary>As <see cref="OfLengths(IReadOnlyList{int})"/>, of another vocabulary.</summary>
    public static StepRows OfLengths(int vocabularySize, IReadOnlyList<int> lengths) =>
        new([.. lengths.Select((length, seed) => Row(length, seed, vocabularySize))], lengths.Count);

    /// <summary>1,024 tokens in rows as long as short chats are: 30 to 120 tokens, the same in every run.</summary>
    public static StepRows OfChats()
    {
        var random = new SeededRandom(0);
        int[] lengths = [.. Enumerable.Range(0, ChatRows).Select(_ => ShortestChat + random.Next(LongestChat - ShortestChat + 1))];
        for (var over = lengths.Sum() - ChatTokens; over != 0;)
        {
            ref var length = ref lengths[random.Next(ChatRows)];
            if (over > 0 ? length == ShortestChat : length == LongestChat) continue;
            (length, over) = (length - Math.Sign(over), over - Math.Sign(over));
        }

        return OfLengths(lengths);
    }

    private static Example Row(int length, int seed, int vocabularySize)
    {
        var ids = SmolLm2.RandomTokens(length, seed, vocabularySize);
        return new Example(ids, [.. ids.Select((id, i) => i < length / 2 ? Example.Ignored : id)]);
    }
}
