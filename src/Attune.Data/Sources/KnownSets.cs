namespace Attune.Data.Sources;

/// <summary>Public data sets that recipes name and that are not part of Attune: what they are and how to pass them.</summary>
public static class KnownSets
{
    private static readonly (string[] Names, string What)[] Sets =
    [
        (["banking77"],
            "banking77 (PolyAI task-specific-datasets, CC BY 4.0): customer questions to a bank with 77 intents, files train.csv and test.csv with columns text,category"),
        (["sms-spam", "sms.tsv", "smsspam"],
            "sms-spam (SMS Spam Collection, UCI, CC BY 4.0): 5,574 messages, file sms.tsv without header: ham or spam, a tab, the text"),
        (["rt-polarity"],
            "rt-polarity (Pang and Lee, sentence polarity v1.0): film-review snippets, files pos.txt and neg.txt, one snippet a line"),
    ];

    /// <summary>What to do about a path that is not there.</summary>
    public static string Hint(string path)
    {
        var normalised = path.Replace('\\', '/').ToLowerInvariant();
        foreach (var (names, what) in Sets)
        {
            if (names.Any(normalised.Contains))
                return $"This is the public set {what}. Get it and pass its folder with --data FOLDER.";
        }

        return "Relative paths count from the current directory. Pass another file with --data FILE, or set data.train in the recipe.";
    }
}
