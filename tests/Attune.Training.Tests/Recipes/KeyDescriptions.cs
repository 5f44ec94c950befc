using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Attune.Training.Recipes;

namespace Attune.Training.Tests.Recipes;

/// <summary>What a key means: the summary in the code, read from the documentation file beside the assembly.</summary>
internal static partial class KeyDescriptions
{
    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Files = [];

    /// <summary>Markdown on one line.</summary>
    public static string Of(PropertyInfo property) => Summary(property.DeclaringType!, $"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>Markdown on one line.</summary>
    public static string Of(Type enumeration, string member) => Summary(enumeration, $"F:{enumeration.FullName}.{member}");

    private static string Summary(Type type, string id)
    {
        if (!Files.TryGetValue(type.Assembly, out var members))
        {
            var document = XDocument.Load(Path.ChangeExtension(type.Assembly.Location, ".xml"));
            Files[type.Assembly] = members = document.Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);
        }

        var summary = members[id].Element("summary")!;
        var text = string.Concat(summary.Nodes().Select(node => node switch
        {
            XText plain => plain.Value,
            XElement { Name.LocalName: "see" } see => $"`{Referred(see.Attribute("cref")!.Value)}`",
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            var other => throw new InvalidOperationException($"{id}: how is {other} shown?"),
        }));
        return WhiteSpace().Replace(text, " ").Trim();
    }

    /// <summary><c>P:Attune.….Recipe.WarmupRatio</c> is the key warmup_ratio, <c>F:….RowFormat.Auto</c> the word auto.</summary>
    private static string Referred(string id)
    {
        var parts = id[2..].Split('.');
        var (owner, member) = (string.Join('.', parts[..^1]), parts[^1]);
        var type = new RecipeKind[] { RecipeKind.Tuning, RecipeKind.Pretraining }.SelectMany(kind => kind.Keys).SelectMany(key => new[] { key.Type, key.Property.DeclaringType! }).First(type => type.FullName == owner);
        return id[0] == 'F' ? RecipeKey.WordOf(type, member) : RecipeKey.NameOf(type.GetProperty(member)!);
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpace();
}
