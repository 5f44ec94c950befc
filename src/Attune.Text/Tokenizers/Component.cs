using System.Text.Json;

namespace Attune.Text.Tokenizers;

/// <summary>A JSON object of tokenizer.json with the file and key it stands at, so that errors can name them.</summary>
internal readonly record struct Component(string File, string Key, JsonElement Json)
{
    public string Type => Text("type");

    public AttuneException Error(string problem, string? hint = null) => new(ExitCode.Model, $"{File}: {Key}: {problem}", hint);

    public AttuneException Unsupported(string kind) => Error(
        $"the {kind} \"{Type}\" is not supported.",
        "Attune reads byte-level BPE tokenizers; use a model with such a tokenizer.");

    /// <summary>A string that must be there.</summary>
    public string Text(string name) => OptionalText(name) ?? throw Error($"\"{name}\" is missing.");

    /// <summary>A string, or null where the key is absent or null.</summary>
    public string? OptionalText(string name)
    {
        if (!TryGet(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, value, "a string");
    }

    /// <summary>A truth value; <paramref name="absent"/> where the key is absent, an error where that is null.</summary>
    public bool Flag(string name, bool? absent = null)
    {
        if (!TryGet(name, out var value)) return absent ?? throw Error($"\"{name}\" is missing.");
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(name, value, "true or false"),
        };
    }

    /// <summary>A whole number from 0 to 2³¹ − 1 that must be there.</summary>
    public int Count(string name)
    {
        if (!TryGet(name, out var value)) throw Error($"\"{name}\" is missing.");
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0
            ? number
            : throw Wrong(name, value, "a whole number from 0 on");
    }

    /// <summary>An object that must be there.</summary>
    public Component Child(string name)
    {
        if (!TryGet(name, out var value)) throw Error($"\"{name}\" is missing.");
        return value.ValueKind == JsonValueKind.Object ? new(File, $"{Key}.{name}", value) : throw Wrong(name, value, "an object");
    }

    /// <summary>The objects of an array that must be there.</summary>
    public List<Component> Items(string name)
    {
        if (!TryGet(name, out var value)) throw Error($"\"{name}\" is missing.");
        if (value.ValueKind != JsonValueKind.Array) throw Wrong(name, value, "a list");
        var items = new List<Component>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object) throw Wrong($"{name}[{items.Count}]", item, "an object");
            items.Add(new(File, $"{Key}.{name}[{items.Count}]", item));
        }

        return items;
    }

    private bool TryGet(string name, out JsonElement value) =>
        Json.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private AttuneException Wrong(string name, JsonElement found, string expected) =>
        Error($"\"{name}\" is {Describe(found)}, expected {expected}.");

    private static string Describe(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length > 40 ? $"{text[..40]}…" : text;
    }
}
