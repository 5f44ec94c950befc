namespace Attune.Evaluation.Texts;

/// <summary>How likely something that predicts tokens finds texts.</summary>
public interface ITextLosses
{
    /// <summary>Summed cross-entropy of every token of each text but its first, nats.</summary>
    /// <param name="texts">Token ids; the first of each is only read.</param>
    /// <param name="onTokens">Is told how many tokens are done.</param>
    double[] Losses(IReadOnlyList<int[]> texts, Action<int>? onTokens = null);
}
