namespace Attune.Training.Optimizers;

/// <summary>Settings of <see cref="Muon"/> for the matrices that it moves itself.</summary>
public sealed record MuonOptions
{
    /// <summary>Decay of the momentum, in [0, 1).</summary>
    public double Momentum { get; init; } = 0.95;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Their learning rate as a multiple of that of the others.</summary>
    public double RateFactor { get; init; } = 1;
}
