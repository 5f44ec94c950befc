namespace Attune.Runs;

/// <summary>What kind of training a run is.</summary>
public enum RunKind
{
    /// <summary>Of <c>attune train</c>.</summary>
    Tuning,

    /// <summary>Of <c>attune pretrain</c>.</summary>
    Pretraining,
}

/// <summary>What commands call the kinds of runs.</summary>
public static class RunKinds
{
    /// <summary>The verb that makes such a run and goes on with it: <c>train</c> or <c>pretrain</c>.</summary>
    public static string Verb(this RunKind kind) => kind == RunKind.Pretraining ? "pretrain" : "train";
}
