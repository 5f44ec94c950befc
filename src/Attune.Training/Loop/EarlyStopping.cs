namespace Attune.Training.Loop;

/// <summary>
/// Keeps the best validation loss and says when to stop. Progress is a loss below the best by more than a threshold,
/// but any lower loss becomes the best: a slow drift below the threshold stops a run. Equality and NaN are no progress.
/// </summary>
/// <param name="patience">Stop after so many validations in a row without progress; null never stops.</param>
/// <param name="threshold">Progress is an improvement by more than this.</param>
public sealed class EarlyStopping(int? patience, double threshold)
{
    /// <summary>What is saved in a checkpoint.</summary>
    /// <param name="BestStep">See <see cref="BestStep"/>.</param>
    /// <param name="BestLoss">See <see cref="BestLoss"/>.</param>
    /// <param name="WithoutProgress">See <see cref="WithoutProgress"/>.</param>
    public sealed record Saved(int? BestStep, double? BestLoss, int WithoutProgress);

    /// <summary>The step of the lowest loss; null before the first.</summary>
    public int? BestStep { get; private set; }

    /// <summary>The lowest loss; null before the first.</summary>
    public double? BestLoss { get; private set; }

    /// <summary>Validations in a row without progress.</summary>
    public int WithoutProgress { get; private set; }

    /// <summary>Whether patience has run out.</summary>
    public bool ShouldStop => WithoutProgress >= patience;

    /// <summary>State to save; setting it goes on from there.</summary>
    public Saved State
    {
        get => new(BestStep, BestLoss, WithoutProgress);
        set => (BestStep, BestLoss, WithoutProgress) = value;
    }

    /// <summary>Takes in a validation.</summary>
    /// <returns>Whether it is the best so far.</returns>
    public bool Observe(int step, double loss)
    {
        var progress = BestLoss is not { } best || best - loss > threshold;
        var isBest = !(loss >= BestLoss) && !double.IsNaN(loss);
        WithoutProgress = progress ? 0 : WithoutProgress + 1;
        if (isBest) (BestStep, BestLoss) = (step, loss);
        return isBest;
    }
}
