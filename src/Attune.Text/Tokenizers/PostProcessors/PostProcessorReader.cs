using System.Text.Json;

namespace Attune.Text.Tokenizers.PostProcessors;

/// <summary>Reads "post_processor" of tokenizer.json, as far as single texts go.</summary>
internal static class PostProcessorReader
{
    /// <summary>The post-processor, or null where it changes nothing.</summary>
    public static IPostProcessor? Read(Component component) => component.Type switch
    {
        "Sequence" => new SequencePostProcessor([.. component.Items("processors").Select(Read).OfType<IPostProcessor>()]),
        "ByteLevel" => component.Flag("trim_offsets") ? new OffsetTrimmer(component.Flag("add_prefix_space")) : null,
        "TemplateProcessing" => Template(component),
        "BertProcessing" => Frame(component),
        "RobertaProcessing" => component.Flag("trim_offsets")
            ? new SequencePostProcessor([new OffsetTrimmer(component.Flag("add_prefix_space")), Frame(component)])
            : Frame(component),
        _ => throw component.Unsupported("post-processor"),
    };

    // "cls" before the text and "sep" after it, each [token, id].
    private static TemplatePostProcessor Frame(Component component) =>
        new([[Named(component, "cls")], null, [Named(component, "sep")]]);

    private static (int Id, string Token) Named(Component component, string name) => List(component, name) switch
    {
        [var token, var id] when token.ValueKind == JsonValueKind.String => (Id(component, id), token.GetString()!),
        _ => throw component.Error($"\"{name}\" is not a token and its id."),
    };

    private static int Id(Component component, JsonElement id) =>
        id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) && number >= 0
            ? number
            : throw component.Error($"the id {id.GetRawText()} is not a whole number from 0 on.");

    private static TemplatePostProcessor Template(Component component)
    {
        var special = component.Child("special_tokens");
        var parts = new List<IReadOnlyList<(int Id, string Token)>?>();
        foreach (var part in component.Items("single"))
        {
            if (part.Json.TryGetProperty("SpecialToken", out _))
            {
                parts.Add(Tokens(special, part.Child("SpecialToken").Text("id")));
            }
            else
            {
                var id = part.Child("Sequence").Text("id");
                parts.Add(id == "A" ? null : throw part.Error($"a template for one text asks for the text \"{id}\"."));
            }
        }

        return new TemplatePostProcessor(parts);
    }

    private static List<(int Id, string Token)> Tokens(Component special, string name)
    {
        if (!special.Json.TryGetProperty(name, out _))
            throw special.Error($"the template's \"{name}\" is not among the special tokens.");
        var token = special.Child(name);
        var (ids, texts) = (List(token, "ids"), List(token, "tokens"));
        if (ids.Count != texts.Count) throw token.Error($"{ids.Count} ids for {texts.Count} tokens.");
        return [.. ids.Zip(texts, (id, text) => (
            Id(token, id),
            text.ValueKind == JsonValueKind.String ? text.GetString()! : throw token.Error("a token is not a string.")))];
    }

    private static List<JsonElement> List(Component component, string name) =>
        component.Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : throw component.Error($"\"{name}\" is not a list.");
}
