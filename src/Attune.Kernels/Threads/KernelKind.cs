namespace Attune.Kernels.Threads;

/// <summary>What a team's time goes to.</summary>
public enum KernelKind
{
    /// <summary>Norms, rotations, rounding, transposing: row by row.</summary>
    Rows,

    /// <summary>Matrix products, panels and sinks included.</summary>
    Products,

    /// <summary>Attention.</summary>
    Attention,

    /// <summary>Cross-entropy.</summary>
    Loss,
}
