using Attune.Data.Preparation;
using Attune.Evaluation.Scoring;
using Attune.Models.Architectures;
using Attune.Models.Batches;
using Attune.Models.Fused;
using static TorchSharp.torch;

namespace Attune.Evaluation.Tests.Scoring;

public sealed class ScorerTests : IDisposable
{
    // Two sums of the same fp32 products in another order: 1e-4 is a hundred times the rounding of a summed log-probability.
    private const double Tolerance = 1e-4;

    private readonly LlamaDecoder _decoder = TinyModel.Load();
    private readonly FusedDecoder _fused;

    public ScorerTests() => _fused = FusedDecoder.Create(_decoder, threads: 2)!;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_label_scores_what_reading_the_whole_row_gives(bool isFused)
    {
        Example[][] rows =
        [
            [Row([1, 40, 41, 42, 50, 2], 4), Row([1, 40, 41, 42, 51, 52, 2], 4), Row([1, 40, 41, 42, 2], 4)],
            [Row([1, 60, 50, 2], 2), Row([1, 60, 51, 52, 2], 2), Row([1, 60, 2], 2)],
            [Row([7, 2], 1), Row([7, 8], 1)], // answers of one token: nothing is read after the prompt
        ];

        var scores = LabelScorer.Score(Path(isFused), rows);

        for (var row = 0; row < rows.Length; row++)
        {
            for (var label = 0; label < rows[row].Length; label++)
                Assert.Equal(LogProbability(rows[row][label]), scores[row][label], Tolerance);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Both_paths_give_random_rows_the_same_scores(int seed)
    {
        var random = new SeededRandom(seed);
        int[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => 3 + random.Next(300))];
        var stem = Ids(130 * (seed - 1)); // what all prompts begin with, if anything
        Example[] Candidates()
        {
            int[] prompt = [.. stem, .. Ids(1 + random.Next(random.Next(2) == 0 ? 400 : 30))]; // also longer than a block of 240 keys
            return [.. Enumerable.Range(0, 2 + random.Next(9)).Select(_ => Row([.. prompt, .. Ids(1 + random.Next(7))], prompt.Length))];
        }

        Example[][] rows = [.. Enumerable.Range(0, 12).Select(_ => Candidates())];
        foreach (var (plain, fused) in LabelScorer.Score(Path(isFused: false), rows).Zip(LabelScorer.Score(Path(isFused: true), rows)))
            Assert.All(plain.Zip(fused), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Scores_do_not_depend_on_how_rows_are_grouped(bool isFused)
    {
        Example[][] rows = [.. Enumerable.Range(0, 9).Select(row => new[] { Row([1, 70 + row, 50, 2], 2), Row([1, 70 + row, 51, 52, 2], 2) })];
        var together = LabelScorer.Score(Path(isFused), rows);
        var alone = LabelScorer.Score(Path(isFused), rows, tokensAtOnce: 1);
        for (var row = 0; row < rows.Length; row++)
        {
            Assert.Equal(alone[row][0], together[row][0], Tolerance);
            Assert.Equal(alone[row][1], together[row][1], Tolerance);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_of_an_example_is_that_of_its_label_tokens_alone(bool isFused)
    {
        Example[] examples = [Row([1, 40, 41, 42, 50, 2], 3), Row([9, 8, 7, 6], 0), Row([1, 60, 51], 2)];
        var losses = LossScorer.Score(Path(isFused), examples);
        for (var i = 0; i < examples.Length; i++) Assert.Equal(-LogProbability(examples[i]), losses[i], Tolerance);
    }

    [Fact]
    public void Labels_without_a_prompt_before_them_are_an_error_that_names_the_row()
    {
        var error = Assert.Throws<AttuneException>(() => LabelScorer.Score(_fused, [[Row([1, 2], 1), Row([3, 2], 1)]]));
        Assert.Equal(ExitCode.Data, error.Code);
    }

    public void Dispose()
    {
        _fused.Dispose();
        _decoder.Dispose();
    }

    private static Example Row(int[] ids, int labelsFrom) => new(ids, [.. ids.Select((id, i) => i < labelsFrom ? Example.Ignored : id)]);

    private IBranchedLosses Path(bool isFused) => isFused ? _fused : new PlainBranchedLosses(_decoder);

    // One plain pass over the whole row, without cache, chunks or selection.
    private double LogProbability(Example example)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var all = nn.functional.log_softmax(_decoder.Logits(_decoder.Forward(PackedBatch.Of([example.TokenIds]))), 1);
        return Enumerable.Range(1, example.TokenIds.Length - 1)
            .Where(t => example.Labels[t] != Example.Ignored)
            .Sum(t => (double)all[t - 1, example.Labels[t]].item<float>());
    }
}
