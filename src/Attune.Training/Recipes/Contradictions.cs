namespace Attune.Training.Recipes;

/// <summary>
/// Keys that make no sense beside each other. Two given in one place, file or command line, are an error; where one
/// came with the command line, it wins and the file's is dropped.
/// </summary>
internal static class Contradictions
{
    private static readonly Pair[] Pairs =
    [
        new("warmup_steps", "warmup_ratio", "Warmup is a number of steps or a share of all steps; keep one of them."),
        new("data.label_files", "data.train", "Rows come from data.train or from data.label_files; keep one of them."),
        new("data.labels.names", "data.labels.most_frequent", "Labels are named or the most frequent ones; keep one of them."),
        new("data.validation", "data.split.validation", "Validation rows come from a file or are cut from the training rows; keep one of them."),
        new("data.test", "data.split.test", "Test rows come from a file or are cut from the training rows; keep one of them."),
    ];

    /// <summary>Drops what the command line overrules.</summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/> with the place of the second key.</exception>
    public static void Check(GivenValues given)
    {
        foreach (var pair in Pairs)
        {
            if (Placed(given, pair.First) is not { } first || Placed(given, pair.Second) is not { } second) continue;
            if (first.IsOption == second.IsOption)
                throw second.Error($"{pair.Second} is given beside {pair.First}{(first.IsOption ? "" : $" of line {first.Line}")}.", pair.Hint);
            given.Remove(first.IsOption ? pair.Second : pair.First);
        }

        if (given.Find("method") is not ScalarNode { Text: "full" } method || given.PlaceOf("lora") is not { } lora) return;
        if (lora.IsOption || !method.Place.IsOption)
            throw lora.Error("a lora section is given, but method is full: every weight is trained, there is no adapter.", "Leave the section out, or write 'method: lora'.");
        given.Remove("lora");
    }

    /// <summary>Where a key was given something; null, nothing, an empty list and 0 leave its sense to the other key.</summary>
    private static Place? Placed(GivenValues given, string path) => given.Find(path) switch
    {
        null or ScalarNode { IsNull: true } or ListNode { Items.Count: 0 } or MapNode { Entries.Count: 0 } => null,
        ScalarNode { Text: "0", IsQuoted: false } when path != "warmup_steps" => null,
        var node => node.Place,
    };

    private sealed record Pair(string First, string Second, string Hint);
}
