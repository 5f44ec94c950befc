namespace Attune.Evaluation.NGrams;

/// <summary>The distinct n-grams of one order, sorted by context and last token.</summary>
/// <param name="First">[contexts + 1]: the first n-gram of each context.</param>
/// <param name="Tokens">[n-grams]: the last token.</param>
/// <param name="Counts">[n-grams]: how often it occurs.</param>
/// <param name="Ids">[places]: the number of the n-gram that ends at a place of the text; −1: none does.</param>
/// <param name="Endings">[n-grams one shorter]: how many of these end with it; empty for order 1.</param>
internal sealed record SortedNGrams(int[] First, int[] Tokens, int[] Counts, int[] Ids, int[] Endings);
