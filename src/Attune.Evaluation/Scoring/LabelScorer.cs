using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Architectures;
using Attune.Models.Attention;
using Attune.Models.Batches;
using static TorchSharp.torch;

namespace Attune.Evaluation.Scoring;

/// <summary>
/// Scores every label of a label task by its likelihood as the answer: the summed log-probability of the label's tokens
/// and the end of the turn, without length normalisation. What the candidates of a row share, the prompt, is computed once.
/// </summary>
public static class LabelScorer
{
    /// <summary>Scores of each row's candidates.</summary>
    /// <param name="decoder">The model.</param>
    /// <param name="rows">For each row one example per label, which differ only in the answer.</param>
    /// <param name="tokensAtOnce">Tokens of a forward pass over candidates; one row with more goes alone.</param>
    /// <param name="onRow">Told how many rows are done.</param>
    /// <returns>[rows][labels], nats.</returns>
    public static double[][] Score(
        LlamaDecoder decoder, IReadOnlyList<IReadOnlyList<Example>> rows, int tokensAtOnce = 4096, Action<int>? onRow = null)
    {
        var scores = new double[rows.Count][];
        Candidates[] prepared = [.. rows.Select(Candidates.Of)];
        using var noGradients = no_grad();

        // The cache holds a whole copy of the prompt for every candidate: it counts as well as the candidates' own tokens.
        foreach (var (start, count) in TokenBudget.Cut([.. prepared.Select(row => row.CachedTokens)], tokensAtOnce))
        {
            ScoreGroup(decoder, prepared.AsSpan(start, count), scores.AsSpan(start, count));
            onRow?.Invoke(start + count);
        }

        return scores;
    }

    private static void ScoreGroup(LlamaDecoder decoder, ReadOnlySpan<Candidates> rows, Span<double[]> scores)
    {
        using var scope = NewDisposeScope();
        var branches = new List<Branch>();
        var prompts = new List<int[]>();
        var prompt = new List<int>();      // of each branch
        for (var row = 0; row < rows.Length; row++)
        {
            prompts.Add(rows[row].Prompt);
            scores[row] = new double[rows[row].Branches.Count];
            branches.AddRange(rows[row].Branches);
            prompt.AddRange(Enumerable.Repeat(row, rows[row].Branches.Count));
        }

        using var prompted = new KeyValueCache(decoder, prompts.Count, prompts.Max(ids => ids.Length));
        decoder.Forward(PackedBatch.Of(prompts), prompted);
        using var cache = prompted.Select(prompt);
        var hidden = decoder.Forward(PackedBatch.Of([.. branches.Select(branch => branch.Input)]), cache);

        var (places, labels, owners) = (new List<long>(), new List<long>(), new List<int>());
        var at = 0;
        for (var b = 0; b < branches.Count; b++)
        {
            for (var t = 0; t < branches[b].Input.Length; t++)
            {
                if (branches[b].Targets[t] == Example.Ignored) continue;
                places.Add(at + t);
                labels.Add(branches[b].Targets[t]);
                owners.Add(b);
            }

            at += branches[b].Input.Length;
        }

        var found = LabelLogProbabilities.Of(decoder, hidden, places, labels);
        int[] firstOfRow = [.. Enumerable.Range(0, rows.Length).Select(row => prompt.IndexOf(row))];
        for (var i = 0; i < found.Length; i++)
        {
            var row = prompt[owners[i]];
            scores[row][owners[i] - firstOfRow[row]] += found[i];
        }
    }

    /// <summary>What follows the shared prompt in one candidate.</summary>
    /// <param name="Input">Tokens read after the prompt, at least one.</param>
    /// <param name="Targets">What each of them should predict; −100 where no label follows.</param>
    private sealed record Branch(int[] Input, int[] Targets);

    /// <summary>A row's candidates, cut where they begin to differ or to carry labels.</summary>
    private sealed record Candidates(int[] Prompt, IReadOnlyList<Branch> Branches)
    {
        public int CachedTokens => Branches.Sum(branch => Prompt.Length + branch.Input.Length);

        public static Candidates Of(IReadOnlyList<Example> examples)
        {
            // The last prompt token belongs to the branches, because it predicts the first label token.
            var shared = examples.Min(example => Array.FindIndex(example.Labels, 1, label => label != Example.Ignored) - 1);
            foreach (var example in examples)
                shared = Math.Min(shared, example.TokenIds.AsSpan().CommonPrefixLength(examples[0].TokenIds));
            if (shared < 1)
            {
                throw new AttuneException(
                    ExitCode.Data, $"{examples[0].Origin}: the labels cannot be scored: no prompt is left before them.",
                    "Set data.prompt, or raise max_sequence_length so that prompt and label fit.");
            }

            return new Candidates(examples[0].TokenIds[..shared], [.. examples.Select(example => Cut(example, shared))]);
        }

        private static Branch Cut(Example example, int shared)
        {
            var last = Array.FindLastIndex(example.Labels, label => label != Example.Ignored);
            return new Branch(example.TokenIds[shared..last], example.Labels[(shared + 1)..(last + 1)]);
        }
    }
}
