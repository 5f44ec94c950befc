using Attune.Data.Batching;
using Attune.Data.Preparation;
using Attune.Models.Batches;

namespace Attune.Evaluation.Scoring;

/// <summary>
/// Scores every label of a label task by its likelihood as the answer: the summed log-probability of the label's tokens
/// and the end of the turn, without length normalisation. What the candidates of a row share, the prompt, is computed once,
/// and what all prompts begin with once for many rows.
/// </summary>
public static class LabelScorer
{
    /// <summary>Scores of each row's candidates.</summary>
    /// <param name="model">The model, on either path.</param>
    /// <param name="rows">For each row one example per label, which differ only in the answer.</param>
    /// <param name="tokensAtOnce">Tokens of a forward pass, prompts and answers; one row with more goes alone.</param>
    /// <param name="onRow">Told how many rows are done.</param>
    /// <returns>[rows][labels], nats.</returns>
    public static double[][] Score(
        IBranchedLosses model, IReadOnlyList<IReadOnlyList<Example>> rows, int tokensAtOnce = 2048, Action<int>? onRow = null)
    {
        var scores = new double[rows.Count][];
        Candidates[] prepared = [.. rows.Select(Candidates.Of)];
        var stem = Stem(prepared);
        foreach (var (start, count) in TokenBudget.Cut([.. prepared.Select(row => row.Tokens - stem.Length)], tokensAtOnce))
        {
            ScoreGroup(model, stem, prepared.AsSpan(start, count), scores.AsSpan(start, count));
            onRow?.Invoke(start + count);
        }

        return scores;
    }

    // What all prompts begin with: the chat template and the instruction. Something is left of each.
    private static int[] Stem(Candidates[] rows)
    {
        if (rows.Length < 2) return [];
        var length = rows.Min(row => row.Prompt.Length - 1);
        foreach (var row in rows) length = Math.Min(length, row.Prompt.AsSpan().CommonPrefixLength(rows[0].Prompt));
        return rows[0].Prompt[..length];
    }

    private static void ScoreGroup(IBranchedLosses model, int[] stem, ReadOnlySpan<Candidates> rows, Span<double[]> scores)
    {
        var (samples, prefixes) = (new List<int[]>(), new List<int>());
        var (positions, labels, owners) = (new List<int>(), new List<int>(), new List<(int Row, int Label)>());
        var tokens = 0;
        var root = stem.Length == 0 ? -1 : Add(stem, -1);
        var prompts = new (int Sample, int Last)[rows.Length];
        for (var row = 0; row < rows.Length; row++) prompts[row] = (Add(rows[row].Prompt[stem.Length..], root), tokens - 1);
        for (var row = 0; row < rows.Length; row++)
        {
            var branches = rows[row].Branches;
            scores[row] = new double[branches.Count];
            for (var label = 0; label < branches.Count; label++)
            {
                var start = tokens;
                if (branches[label].Input.Length > 0) Add(branches[label].Input, prompts[row].Sample);
                for (var t = 0; t < branches[label].Targets.Length; t++)
                {
                    if (branches[label].Targets[t] == Example.Ignored) continue;
                    positions.Add(t == 0 ? prompts[row].Last : start + t - 1);
                    labels.Add(branches[label].Targets[t]);
                    owners.Add((row, label));
                }
            }
        }

        var losses = model.Losses(new BranchedBatch(PackedBatch.Of(samples), [.. prefixes]), [.. positions], [.. labels]);
        for (var i = 0; i < losses.Length; i++) scores[owners[i].Row][owners[i].Label] -= losses[i];

        int Add(int[] sample, int prefix)
        {
            samples.Add(sample);
            prefixes.Add(prefix);
            tokens += sample.Length;
            return samples.Count - 1;
        }
    }

    /// <summary>What follows the shared prompt in one candidate.</summary>
    /// <param name="Input">Tokens read after the prompt; none where the label is one token.</param>
    /// <param name="Targets">What the prompt's last token and then each of these should predict; −100 where no label follows.</param>
    private sealed record Branch(int[] Input, int[] Targets);

    /// <summary>A row's candidates, cut where they begin to differ or to carry labels.</summary>
    private sealed record Candidates(int[] Prompt, IReadOnlyList<Branch> Branches)
    {
        public int Tokens => Prompt.Length + Branches.Sum(branch => branch.Input.Length);

        public static Candidates Of(IReadOnlyList<Example> examples)
        {
            var shared = examples.Min(example => Array.FindIndex(example.Labels, 1, label => label != Example.Ignored));
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
            return new Branch(example.TokenIds[shared..last], example.Labels[shared..(last + 1)]);
        }
    }
}
