namespace Attune.Training.Recipes;

/// <summary>The values that file and command line give, by key; every key is known, short forms are written out.</summary>
/// <param name="kind">Which keys there are.</param>
internal sealed class GivenValues(RecipeKind kind)
{
    private readonly Dictionary<string, RecipeNode> _nodes = [];

    /// <summary>What was given for a key, else null.</summary>
    public RecipeNode? Find(string path) => _nodes.GetValueOrDefault(path);

    /// <summary>Where a key or, for a section, its first key was given; else null.</summary>
    public Place? PlaceOf(string path) => _nodes
        .Where(pair => pair.Key == path || pair.Key.StartsWith(path + ".", StringComparison.Ordinal))
        .Select(pair => (Place?)pair.Value.Place)
        .FirstOrDefault();

    /// <summary>Drops a key, or all keys of a section: their defaults hold again.</summary>
    public void Remove(string path)
    {
        foreach (var key in _nodes.Keys.Where(key => key == path || key.StartsWith(path + ".", StringComparison.Ordinal)).ToList())
            _nodes.Remove(key);
    }

    /// <summary>Takes a value of the command line.</summary>
    public void AddOverride(RecipeOverride one) => Add(one.Key, one.Node.Place, one.Node);

    /// <summary>Takes the keys of a section; the recipe itself is the section "".</summary>
    public void AddMap(MapNode map, string section)
    {
        foreach (var entry in map.Entries)
            Add(section.Length == 0 ? entry.Key : $"{section}.{entry.Key}", entry.KeyPlace, entry.Value);
    }

    private void Add(string path, Place at, RecipeNode value)
    {
        if (kind.ByPath.ContainsKey(path))
        {
            foreach (var (key, node) in kind.WriteOut(path, value))
            {
                Remove(key);
                _nodes[key] = node;
            }

            return;
        }

        if (!kind.SectionPaths.Contains(path)) throw UnknownKey.Error(kind, path, at);
        switch (value)
        {
            case MapNode map:
                AddMap(map, path);
                break;
            case ListNode when kind.ListOf(path) is { } key:
                Add(key, at, value);
                break;
            case ScalarNode { IsNull: true }:
                break; // A section with every line commented out.
            default:
                throw value.Place.Error($"{path} is a section: its keys follow, indented{(kind.ListOf(path) is null ? "" : $", or it is a list of {path.Split('.')[^1]}")}.");
        }
    }
}
