using System.Numerics.Tensors;

namespace Attune.Models.Generation;

/// <summary>Cuts of unlikely tokens: their logit becomes −∞. fp32, as the reference computes them.</summary>
internal static class LogitCuts
{
    /// <summary>Keeps the <paramref name="k"/> largest and every one that ties with the smallest of these.</summary>
    public static void TopK(Span<float> logits, int k)
    {
        if (k >= logits.Length) return;
        var largest = new PriorityQueue<float, float>(k); // the k largest so far, their smallest on top
        foreach (var logit in logits)
        {
            if (largest.Count < k) largest.Enqueue(logit, logit);
            else if (logit > largest.Peek()) largest.DequeueEnqueue(logit, logit);
        }

        var smallestKept = largest.Peek();
        foreach (ref var logit in logits)
        {
            if (logit < smallestKept) logit = float.NegativeInfinity;
        }
    }

    /// <summary>
    /// Drops tokens, from the least likely up, while what is dropped has a probability of at most 1 − p together;
    /// the most likely token always stays. Of equally likely tokens those with higher ids go first.
    /// </summary>
    public static void TopP(Span<float> logits, double p, Span<float> probabilities)
    {
        Softmax(logits, probabilities);
        var allowed = (float)(1 - p);

        // n tokens of at most allowed / n each never exceed what may go: only the others need to be sorted.
        var surelyGone = allowed / logits.Length;
        var best = TensorPrimitives.IndexOfMax<float>(probabilities);
        var rest = new List<(float Probability, int Id)>();
        var dropped = 0.0;
        for (var id = 0; id < logits.Length; id++)
        {
            if (probabilities[id] > surelyGone || id == best)
            {
                rest.Add((probabilities[id], id));
                continue;
            }

            dropped += probabilities[id];
            logits[id] = float.NegativeInfinity;
        }

        rest.Sort(static (a, b) => a.Probability != b.Probability ? a.Probability.CompareTo(b.Probability) : b.Id.CompareTo(a.Id));
        foreach (var (probability, id) in rest)
        {
            dropped += probability;
            if ((float)dropped > allowed || id == best) break;
            logits[id] = float.NegativeInfinity;
        }
    }

    /// <summary>Drops tokens with less than <paramref name="share"/> of the best token's probability.</summary>
    public static void MinP(Span<float> logits, double share, Span<float> probabilities)
    {
        Softmax(logits, probabilities);
        var least = TensorPrimitives.Max<float>(probabilities) * (float)share;
        for (var id = 0; id < logits.Length; id++)
        {
            if (probabilities[id] < least) logits[id] = float.NegativeInfinity;
        }
    }

    /// <summary>exp(x − max x) over its sum; −∞ gives 0.</summary>
    public static void Softmax(ReadOnlySpan<float> logits, Span<float> probabilities)
    {
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), probabilities);
        TensorPrimitives.Exp(probabilities, probabilities);
        TensorPrimitives.Divide(probabilities, TensorPrimitives.Sum<float>(probabilities), probabilities);
    }
}
