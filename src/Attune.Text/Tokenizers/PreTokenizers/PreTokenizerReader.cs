using Attune.Text.Tokenizers.Patterns;

namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>Reads "pre_tokenizer" of tokenizer.json as a row of stages.</summary>
internal static class PreTokenizerReader
{
    public static List<IPreTokenizer> Read(Component component)
    {
        var stages = new List<IPreTokenizer>();
        Add(component, stages);
        return stages;
    }

    private static void Add(Component component, List<IPreTokenizer> stages)
    {
        switch (component.Type)
        {
            case "Sequence":
                foreach (var item in component.Items("pretokenizers")) Add(item, stages);
                break;
            case "ByteLevel":
                // trim_offsets counts in a post-processor only.
                if (component.Flag("add_prefix_space")) stages.Add(new AddPrefixSpace());
                if (component.Flag("use_regex", absent: true)) stages.Add(Isolate(KnownPatterns.Find(KnownPatterns.Gpt2)!));
                stages.Add(new ToByteAlphabet());
                break;
            case "Split":
                stages.Add(new SplitPreTokenizer(PatternReader.Read(component), Behavior(component, null), component.Flag("invert")));
                break;
            case "Digits":
                var numbers = new CharacterPattern(CharacterSets.IsNumber);
                var single = component.Flag("individual_digits");
                stages.Add(new SplitPreTokenizer(numbers, single ? SplitBehavior.Isolated : SplitBehavior.Contiguous, invert: false));
                break;
            case "Punctuation":
                var punctuation = new CharacterPattern(CharacterSets.IsPunctuation);
                stages.Add(new SplitPreTokenizer(punctuation, Behavior(component, SplitBehavior.Isolated), invert: false));
                break;
            case "WhitespaceSplit":
                stages.Add(new SplitPreTokenizer(new CharacterPattern(System.Text.Rune.IsWhiteSpace), SplitBehavior.Removed, invert: false));
                break;
            case "CharDelimiterSplit":
                var delimiter = component.Text("delimiter");
                stages.Add(new SplitPreTokenizer(new LiteralPattern(delimiter), SplitBehavior.Removed, invert: false));
                break;
            default:
                throw component.Unsupported("pre-tokenizer");
        }
    }

    public static SplitPreTokenizer Isolate(Pattern pattern) => new(pattern, SplitBehavior.Isolated, invert: false);

    private static SplitBehavior Behavior(Component component, SplitBehavior? absent)
    {
        var name = component.OptionalText("behavior");
        if (name is null && absent is { } fallback) return fallback;
        return name switch
        {
            "Isolated" => SplitBehavior.Isolated,
            "Removed" => SplitBehavior.Removed,
            "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
            "MergedWithNext" => SplitBehavior.MergedWithNext,
            "Contiguous" => SplitBehavior.Contiguous,
            _ => throw component.Error(
                $"\"behavior\" is \"{name}\", expected Isolated, Removed, MergedWithPrevious, MergedWithNext or Contiguous."),
        };
    }
}
