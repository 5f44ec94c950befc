using Attune.Evaluation.NGrams;
using CsCheck;

namespace Attune.Evaluation.Tests.NGrams;

public sealed class NGramModelTests
{
    private const int A = 0, B = 1, C = 2, D = 3;
    private const double Rounding = 1e-6; // shares and what is left are kept in fp32

    // Few counts, so the discounts are 0.5, 1 and 1.5 in every order. ^ is the start mark.
    private static readonly int[][] Tiny = [[A, B, A, B], [A, C]];

    private static readonly Gen<int[][]> Corpora = Gen.Int[0, 4].Array[1, 12].Array[1, 12];

    [Fact]
    public void Bigrams_by_hand()
    {
        // Before A stand ^ and B, before B only A, before C only A: of 4 bigram types they end 2, 1, 1.
        // Left for the uniform distribution: (1 + 0.5 + 0.5) ÷ 4 = 1/2, an eighth for each of the four tokens.
        double[] ends = [((2 - 1) / 4.0) + 0.125, ((1 - 0.5) / 4) + 0.125, ((1 - 0.5) / 4) + 0.125, 0.125];
        var model = NGramModel.Train(Tiny, vocabularySize: 4, order: 2);
        Assert.Equal([Discounts.OfFewCounts, Discounts.OfFewCounts], model.Discounts);

        // After A comes B twice and C once; left: (1 + 0.5) ÷ 3 = 1/2.
        double[] afterA = [ends[A] / 2, ((2 - 1) / 3.0) + (ends[B] / 2), ((1 - 0.5) / 3) + (ends[C] / 2), ends[D] / 2];
        // A document begins with A, twice; left: 1 ÷ 2.
        double[] first = [((2 - 1) / 2.0) + (ends[A] / 2), ends[B] / 2, ends[C] / 2, ends[D] / 2];
        for (var token = 0; token < 4; token++)
        {
            Assert.Equal(afterA[token], model.Probability([B, A], token), Rounding);
            Assert.Equal(first[token], model.Probability([], token), Rounding);
            Assert.Equal(ends[token], model.Probability([A, C], token), Rounding); // nothing comes after C, and nothing crosses to the next document
            Assert.Equal(ends[token], model.Probability([D], token), Rounding);    // D was never seen
        }
    }

    [Fact]
    public void Order_1_goes_by_how_often_a_token_occurs()
    {
        // A occurs 3 times, B 2, C 1, of 6; left: (1.5 + 1 + 0.5) ÷ 6 = 1/2.
        double[] expected = [((3 - 1.5) / 6) + 0.125, ((2 - 1) / 6.0) + 0.125, ((1 - 0.5) / 6) + 0.125, 0.125];
        var model = NGramModel.Train(Tiny, vocabularySize: 4, order: 1);
        for (var token = 0; token < 4; token++) Assert.Equal(expected[token], model.Probability([B], token), Rounding);
    }

    [Fact]
    public void The_loss_of_a_text_is_that_of_its_tokens_but_the_first()
    {
        var model = NGramModel.Train(Tiny, vocabularySize: 4, order: 3);
        int[] text = [A, B, C, A];
        var expected = -Enumerable.Range(1, 3).Sum(t => Math.Log(model.Probability(text.AsSpan(0, t), text[t])));
        Assert.Equal([0, expected], model.Losses([[A], text]));
    }

    [Fact]
    public void Probabilities_are_those_of_the_paper_and_sum_to_one() => Gen.Select(Corpora, Gen.Int[1, 5], Gen.Int[0, 5].Array[0, 8]).Sample((documents, order, history) =>
    {
        const int Vocabulary = 6; // 5 is in no document
        var model = NGramModel.Train(documents, Vocabulary, order);
        var oracle = new DictionaryNGrams(documents, Vocabulary, order);
        foreach (var read in documents.Append(history))
        {
            for (var length = 0; length <= read.Length; length++)
            {
                int[] context = [.. read.Take(length).Prepend(Vocabulary).TakeLast(order - 1)];
                double[] found = [.. Enumerable.Range(0, Vocabulary).Select(token => model.Probability(read.AsSpan(0, length), token))];
                Assert.Equal(1, found.Sum(), Rounding);
                for (var token = 0; token < Vocabulary; token++) Assert.Equal(oracle.Probability(context, token), found[token], Rounding);
            }
        }
    }, iter: 200);

    [Fact]
    public void A_token_outside_the_vocabulary_is_an_error() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => NGramModel.Train(Tiny, vocabularySize: 4).Losses([[A, 5]]));
}
