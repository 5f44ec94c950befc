using Attune.Runs;

namespace Attune.Cli.Terminal;

/// <summary>The verb that made a run and goes on with it.</summary>
internal static class RunVerbs
{
    /// <summary><c>train</c> or <c>pretrain</c>.</summary>
    public static string Verb(this RunKind kind) => kind == RunKind.Pretraining ? "pretrain" : "train";
}
