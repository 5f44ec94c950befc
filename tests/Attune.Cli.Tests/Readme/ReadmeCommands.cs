using System.Text.RegularExpressions;

namespace Attune.Cli.Tests.Readme;

/// <summary>Every <c>./attune</c> command of the README, and what stands for its placeholders where a test runs it.</summary>
internal static class ReadmeCommands
{
    /// <summary>Stands for the run that the clone made.</summary>
    public const string Run = "runs/RUN";

    private const string Tiny = "recipes/tiny/lora.yaml";

    private static readonly string[] Short = ["--set", "max_steps=3"];

    /// <summary>The words after <c>./attune</c> that are run for each command; training ones are cut to three steps.</summary>
    private static readonly Dictionary<string, ReadmeCommand> Filled = new()
    {
        ["quickstart"] = new(["quickstart", .. Short], Needs: "models/attune-nano"),
        ["quickstart --model DIR --data FILE"] = new(["quickstart", "--model", "recipes/tiny/model", "--data", "samples/delivery-or-billing.jsonl", .. Short]),
        ["train recipes/tiny/lora.yaml"] = new(["train", Tiny, .. Short]),
        ["train RECIPE"] = new(["train", Tiny, .. Short]),
        [$"train --resume {Run}"] = new(["train", "--resume", Run]),
        ["pretrain RECIPE"] = new(
            ["pretrain", "recipes/nano/pretrain.yaml", "--data", "docs/*.md", "--set", "data.exclude=[]", "--set", "data.validation=null",
             "--set", "architecture.layers=1", "--set", "tokenizer.vocabulary_size=400", "--set", "max_sequence_length=128", "--set", "tokens_per_step=512", .. Short]),
        ["data preview RECIPE"] = new(["data", "preview", Tiny]),
        [$"data preview {Run}/recipe.yaml"] = new(["data", "preview", $"{Run}/recipe.yaml"]),
        [$"generate {Run} --prompt \"…\""] = new(["generate", Run, "--prompt", "Where is my lamp?", "--max-new-tokens", "8"]),
        [$"chat {Run}"] = new(["chat", Run, "--max-new-tokens", "8"], Input: "Where is my lamp?\n/exit\n"),
        [$"merge {Run} --output DIR"] = new(["merge", Run, "--output", "merged"]),
        ["evaluate MODEL --text FILE"] = new(["evaluate", "recipes/tiny/model", "--text", "README.md"]),
        ["run list"] = new(["run", "list"]),
        [$"run show {Run}"] = new(["run", "show", Run]),
        ["doctor"] = new(["doctor"]),
    };

    /// <summary>The commands as they stand in the README, without <c>./attune</c>; the name of any run is <see cref="Run"/>.</summary>
    public static IReadOnlyList<string> InReadme { get; } =
    [
        .. Regex.Matches(File.ReadAllText(Path.Combine(Checkout.Root, "README.md")), @"\./attune +([^`#│\n]+)")
            .Select(match => Regex.Replace(match.Groups[1].Value.Trim(), @"runs/\d{4}-[\w-]+", Run)).Distinct(),
    ];

    /// <summary>What is run for a command; null: nobody has said.</summary>
    public static ReadmeCommand? Of(string command) => Filled.GetValueOrDefault(command);

    /// <summary>What is said of commands that the README does not have.</summary>
    public static IEnumerable<string> Left => Filled.Keys.Except(InReadme);
}

/// <summary>A command as it is run.</summary>
/// <param name="Words">After <c>./attune</c>.</param>
/// <param name="Needs">A path from the checkout's root without which it cannot be run; null: nothing.</param>
/// <param name="Input">Standard input; null: none.</param>
internal sealed record ReadmeCommand(string[] Words, string? Needs = null, string? Input = null);
