namespace Attune.Models.Generation;

/// <summary>How the next token is chosen from the logits. The defaults choose the most likely one.</summary>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0: the most likely token, nothing is drawn. At least 0.</summary>
    public double Temperature { get; init; }

    /// <summary>Keeps the k most likely tokens and all that tie with the k-th; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Keeps the most likely tokens that together reach this probability, at least one; 1 keeps all. In [0, 1].
    /// Holtzman et al. 2020, "The Curious Case of Neural Text Degeneration".
    /// </summary>
    public double TopP { get; init; } = 1;

    /// <summary>
    /// Keeps tokens with at least this share of the best token's probability; 0 keeps all. In [0, 1].
    /// Nguyen et al. 2024, "Min-p Sampling".
    /// </summary>
    public double MinP { get; init; }

    /// <summary>
    /// Divides positive logits, multiplies negative ones, of every token of prompt and output; above 0, 1: none.
    /// Keskar et al. 2019, "CTRL", equation 2 of section 4.1.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted once from the logit of every token of the output.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Subtracted from the logit of a token as often as the output holds it.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Seed of the draw. Each row of a batch draws from its own generator.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Checks every range.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Usage"/>: names the option, its value and the range.</exception>
    public void Validate()
    {
        Require(Temperature is >= 0 and < double.PositiveInfinity, "temperature", Temperature, "0 (the most likely token) or a positive number");
        Require(TopK >= 0, "top-k", TopK, "0 (all) or a positive number");
        Require(TopP is >= 0 and <= 1, "top-p", TopP, "a number from 0 to 1");
        Require(MinP is >= 0 and <= 1, "min-p", MinP, "a number from 0 to 1");
        Require(RepetitionPenalty is > 0 and < double.PositiveInfinity, "repetition-penalty", RepetitionPenalty, "a positive number");
        Require(double.IsFinite(PresencePenalty), "presence-penalty", PresencePenalty, "a number");
        Require(double.IsFinite(FrequencyPenalty), "frequency-penalty", FrequencyPenalty, "a number");
    }

    private static void Require(bool holds, string option, double value, string expected)
    {
        if (!holds)
            throw new AttuneException(ExitCode.Usage, FormattableString.Invariant($"{option} is {value}; expected {expected}."));
    }
}
