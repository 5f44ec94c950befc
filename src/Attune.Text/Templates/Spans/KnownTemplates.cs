using System.Collections.Frozen;

namespace Attune.Text.Templates.Spans;

/// <summary>
/// Templates that many models came with. In each the assistant's words and the token that ends its turn are marked;
/// the header that the generation prompt writes and the line break after the turn are not.
/// </summary>
internal static class KnownTemplates
{
    private static readonly FrozenDictionary<string, KnownTemplate> ByHash =
        PlainTurns.All.Concat(CollectedTurns.All).ToFrozenDictionary(template => template.Hash, StringComparer.Ordinal);

    /// <summary>The entry for a template's source, or null.</summary>
    public static KnownTemplate? Find(string source) => ByHash.GetValueOrDefault(KnownTemplate.HashOf(source));
}
