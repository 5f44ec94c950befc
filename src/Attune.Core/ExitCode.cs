namespace Attune;

/// <summary>Exit codes of <c>attune</c>. They are stable: scripts may rely on them (docs/exit-codes.md).</summary>
public enum ExitCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>A fault of Attune itself.</summary>
    InternalError = 1,

    /// <summary>A wrong word or value on the command line.</summary>
    Usage = 2,

    /// <summary>The recipe cannot be read or contradicts itself.</summary>
    Recipe = 3,

    /// <summary>A data file is missing, malformed, or holds nothing to train on.</summary>
    Data = 4,

    /// <summary>A model, tokenizer, template or adapter is missing, malformed, or does not fit.</summary>
    Model = 5,

    /// <summary>Preflight found that the run would silently fail.</summary>
    Preflight = 6,

    /// <summary>Training stopped: NaN, gradients all zero, an adapter that does not move.</summary>
    Training = 7,

    /// <summary>A run directory is missing, damaged, or in use by another process.</summary>
    Run = 8,

    /// <summary>The machine: disk full, no permission, memory, a library that does not load.</summary>
    Environment = 9,

    /// <summary>Stopped by the user (Ctrl-C).</summary>
    Interrupted = 130,
}
