namespace Attune.Training.Loop;

/// <summary>When the training loop does what.</summary>
/// <param name="TotalSteps">Optimizer steps in all.</param>
/// <param name="EvalSteps">Validation every so many steps, and at the last one.</param>
/// <param name="SaveSteps">Checkpoint every so many steps, at the last one, and at every best validation.</param>
/// <param name="MaxGradNorm">Clipping; 0 switches it off.</param>
public sealed record LoopOptions(int TotalSteps, int EvalSteps, int SaveSteps, double MaxGradNorm);
