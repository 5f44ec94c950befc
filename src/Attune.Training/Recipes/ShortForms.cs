namespace Attune.Training.Recipes;

/// <summary>Shorter ways to write some keys, turned into the full ones.</summary>
internal static class ShortForms
{
    /// <summary><c>data.labels: [a, b]</c> is <c>data.labels.names</c>.</summary>
    public const string Labels = "data.labels";

    /// <summary>The full key of <see cref="Labels"/>.</summary>
    public const string LabelNames = "data.labels.names";

    private const string Train = "data.train";
    private const string LabelFiles = "data.label_files";

    /// <summary>The full keys and values of what was written for a key.</summary>
    public static IEnumerable<(string Key, RecipeNode Value)> WriteOut(string path, RecipeNode value) => (path, value) switch
    {
        ("method", ScalarNode { Text: "qlora" } method) => [(path, method with { Text = "lora" }), ("quantization", method with { Text = "nf4" })],
        (Train, MapNode) => [(LabelFiles, value)],
        (Train, ListNode list) => [(LabelFiles, ByFileName(list))],
        _ => [(path, value)],
    };

    /// <summary>One file a label: the label is the file's name without its ending.</summary>
    private static MapNode ByFileName(ListNode list)
    {
        var entries = new List<MapEntry>();
        foreach (var item in list.Items)
        {
            if (item is not ScalarNode { IsNull: false } file) throw item.Place.Error("data.train lists files, one a label.");
            var label = Path.GetFileNameWithoutExtension(file.Text);
            if (entries.Exists(entry => entry.Key == label))
                throw item.Place.Error($"two files of data.train give the label '{label}'.", "Write a map instead: 'train: {label: file, other: file}'.");
            entries.Add(new MapEntry(label, file.Place, file));
        }

        return new MapNode(list.Place, entries);
    }
}
