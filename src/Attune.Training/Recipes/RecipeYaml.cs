using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Attune.Training.Recipes;

/// <summary>
/// Reads the part of YAML that recipes use: one document of maps, lists and scalars. Anchors, aliases, tags and a key
/// given twice are errors, so that what a file says is what is read, and no small file grows large.
/// </summary>
internal static class RecipeYaml
{
    private const int MaximumLength = 1 << 20;
    private const int MaximumDepth = 16;

    /// <summary>The document's value.</summary>
    /// <param name="yaml">At most a million characters.</param>
    /// <param name="place">Turns line and column into a place.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Recipe"/> with the place.</exception>
    public static RecipeNode Parse(string yaml, Func<long, long, Place> place)
    {
        if (yaml.Length > MaximumLength)
            throw place(1, 1).Error($"a recipe has at most {MaximumLength:N0} characters, this one {yaml.Length:N0}.", "Is this the right file?");
        var parser = new Parser(new StringReader(yaml));
        try
        {
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _)) return new ScalarNode(place(1, 1), "", IsQuoted: false);
            parser.Consume<DocumentStart>();
            var root = Read(parser, place, depth: 0);
            parser.Consume<DocumentEnd>();
            if (!parser.Accept<StreamEnd>(out var more))
                throw At(parser.Current!.Start).Error("a second YAML document begins here; a recipe is one document.", "Remove the line '---' and what follows.");
            return root;
        }
        catch (YamlException exception)
        {
            throw NotYaml(exception.Start, exception);
        }
        catch (InvalidOperationException exception)
        {
            throw NotYaml(parser.Current?.End ?? Mark.Empty, exception); // The scanner's own faults on broken text.
        }

        Place At(Mark mark) => place(Math.Max(1, mark.Line), Math.Max(1, mark.Column));

        AttuneException NotYaml(Mark mark, Exception exception)
        {
            var lines = yaml.Split('\n');
            var tab = Array.FindIndex(lines, line => line.TrimStart(' ').StartsWith('\t'));
            return tab >= 0
                ? place(tab + 1, lines[tab].IndexOf('\t') + 1).Error("this is not YAML: a tab indents this line.", "Indent with spaces.")
                : At(mark).Error($"this is not YAML: {exception.Message.TrimEnd('.')}.", "Check indentation, colons and quotation marks around here.");
        }
    }

    private static RecipeNode Read(Parser parser, Func<long, long, Place> place, int depth)
    {
        var start = parser.Current!;
        var at = place(start.Start.Line, start.Start.Column);
        if (depth > MaximumDepth) throw at.Error($"nested deeper than {MaximumDepth} levels.");
        if (start is AnchorAlias || start is NodeEvent { Anchor.IsEmpty: false })
            throw at.Error("anchors (&) and aliases (*) are not read in recipes.", "Write the value out; put text that begins with & or * in quotation marks.");
        if (start is NodeEvent { Tag.IsEmpty: false } tagged && tagged.Tag.Value != "!")
            throw at.Error($"tags are not read in recipes, found {tagged.Tag.Value}.", "Put text that begins with ! in quotation marks.");
        switch (start)
        {
            case Scalar scalar:
                parser.MoveNext();
                return new ScalarNode(at, scalar.Value, scalar.Style != ScalarStyle.Plain);
            case SequenceStart:
                parser.MoveNext();
                var items = new List<RecipeNode>();
                while (!parser.TryConsume<SequenceEnd>(out _)) items.Add(Read(parser, place, depth + 1));
                return new ListNode(at, items);
            default:
                return ReadMap(parser, place, depth, at);
        }
    }

    private static MapNode ReadMap(Parser parser, Func<long, long, Place> place, int depth, Place at)
    {
        parser.Consume<MappingStart>();
        var entries = new List<MapEntry>();
        var lines = new Dictionary<string, Place>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (Read(parser, place, depth + 1) is not ScalarNode key)
                throw at.Error("a key of this map is a list or a map; keys are words.", "Put text that begins with { or [ in quotation marks.");
            if (lines.TryGetValue(key.Text, out var first))
                throw key.Place.Error($"the key '{key.Text}' is given twice, first in line {first.Line}.", "Keep one of them.");
            lines.Add(key.Text, key.Place);
            entries.Add(new MapEntry(key.Text, key.Place, Read(parser, place, depth + 1)));
        }

        return new MapNode(at, entries);
    }
}
