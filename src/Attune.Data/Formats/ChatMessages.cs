using System.Text.Json;
using System.Text.Json.Nodes;
using Attune.Data.Sources;

namespace Attune.Data.Formats;

/// <summary>Checks conversations and brings ShareGPT's into OpenAI's form.</summary>
internal static class ChatMessages
{
    private static readonly Dictionary<string, string> ShareGptRoles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["human"] = "user", ["user"] = "user", ["gpt"] = "assistant", ["assistant"] = "assistant", ["chatgpt"] = "assistant",
        ["model"] = "assistant", ["bot"] = "assistant", ["system"] = "system", ["function_call"] = "assistant",
        ["observation"] = "tool", ["tool"] = "tool", ["function_response"] = "tool",
    };

    /// <summary>Messages with role and content, copied.</summary>
    /// <exception cref="FormatException">What is wrong with which message.</exception>
    public static JsonArray FromOpenAi(JsonNode? node) => Each(node, (message, at) =>
    {
        if (JsonValues.AsString(message["role"]) is not { Length: > 0 } role)
            throw new FormatException($"message {at} has no role");
        var copy = (JsonObject)message.DeepClone();
        var calls = copy["tool_calls"];
        if (calls is not (null or JsonArray)) throw new FormatException($"message {at}: tool_calls is not an array");
        ParseArguments(calls as JsonArray);
        copy["content"] = message["content"] switch
        {
            null when calls is JsonArray { Count: > 0 } => "",
            null => throw new FormatException($"message {at} ({role}) has no content"),
            JsonArray parts => Parts(parts, at),
            var content => JsonValues.AsString(content) ?? throw new FormatException($"message {at} ({role}): content is not text"),
        };
        return copy;
    });

    /// <summary>Messages with from and value, turned into role and content; function_call becomes tool_calls.</summary>
    /// <exception cref="FormatException">What is wrong with which message.</exception>
    public static JsonArray FromShareGpt(JsonNode? node) => Each(node, (message, at) =>
    {
        if (JsonValues.AsString(message["from"]) is not { } from)
            throw new FormatException($"message {at} has no 'from'");
        if (!ShareGptRoles.TryGetValue(from, out var role))
            throw new FormatException($"message {at}: speaker '{from}' is unknown; known are {string.Join(", ", ShareGptRoles.Keys)}");
        if (JsonValues.AsString(message["value"]) is not { } value)
            throw new FormatException($"message {at} ({from}) has no text in 'value'");
        return string.Equals(from, "function_call", StringComparison.OrdinalIgnoreCase)
            ? new JsonObject { ["role"] = role, ["content"] = "", ["tool_calls"] = Calls(value, at) }
            : new JsonObject { ["role"] = role, ["content"] = value };
    });

    /// <summary>Messages in either form, also a single one.</summary>
    /// <exception cref="FormatException">What is wrong with which message.</exception>
    public static JsonArray FromEither(JsonNode node)
    {
        var list = node as JsonArray ?? new JsonArray(node.DeepClone());
        return list is [JsonObject first, ..] && first.ContainsKey("from") ? FromShareGpt(list) : FromOpenAi(list);
    }

    /// <summary>The tools column: an array, or an array written as a string; each entry in OpenAI's form.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static JsonArray? Tools(JsonNode? node)
    {
        if (node is null || JsonValues.AsString(node) is "") return null;
        var tools = node as JsonArray ?? ParseText(JsonValues.AsString(node)) as JsonArray
            ?? throw new FormatException("the tools are not a JSON array");
        if (tools.Count == 0) return null;
        return new JsonArray([.. tools.Select(tool => tool switch
        {
            JsonObject whole when whole.ContainsKey("function") => whole.DeepClone(),
            JsonObject bare => new JsonObject { ["type"] = "function", ["function"] = bare.DeepClone() },
            _ => throw new FormatException("a tool is not a JSON object"),
        })]);
    }

    /// <summary>Puts a system message first where there is none.</summary>
    public static void AddSystem(JsonArray messages, string? system)
    {
        if (system is not null && JsonValues.AsString(messages[0]!["role"]) != "system")
            messages.Insert(0, new JsonObject { ["role"] = "system", ["content"] = system });
    }

    private static JsonArray Each(JsonNode? node, Func<JsonObject, int, JsonObject> read)
    {
        if (node is not JsonArray messages) throw new FormatException("the conversation is not an array of messages");
        if (messages.Count == 0) throw new FormatException("the conversation holds no message");
        var copies = new JsonArray();
        for (var i = 0; i < messages.Count; i++)
            copies.Add(read(messages[i] as JsonObject ?? throw new FormatException($"message {i + 1} is not an object"), i + 1));
        return copies;
    }

    /// <summary>OpenAI's list of content parts, joined; only text is read.</summary>
    private static string Parts(JsonArray parts, int at) => string.Concat(parts.Select(part =>
        JsonValues.AsString((part as JsonObject)?["text"])
        ?? throw new FormatException($"message {at}: content holds a part that is not text")));

    private static JsonArray Calls(string value, int at)
    {
        var calls = ParseText(value) switch
        {
            JsonObject one => [one],
            JsonArray many => many.OfType<JsonObject>().ToArray(),
            _ => throw new FormatException($"message {at}: the function call is not JSON"),
        };
        return new JsonArray([.. calls.Select(call => new JsonObject
        {
            ["type"] = "function",
            ["function"] = new JsonObject
            {
                ["name"] = JsonValues.AsString(call["name"]) ?? throw new FormatException($"message {at}: the function call has no name"),
                ["arguments"] = Arguments(call["arguments"]),
            },
        })]);
    }

    /// <summary>OpenAI writes arguments as a string of JSON; templates want the object.</summary>
    private static void ParseArguments(JsonArray? calls)
    {
        foreach (var call in calls ?? [])
        {
            if (call is JsonObject && call["function"] is JsonObject function && function.ContainsKey("arguments"))
                function["arguments"] = Arguments(function["arguments"]);
        }
    }

    private static JsonNode? Arguments(JsonNode? node) => ParseText(JsonValues.AsString(node)) as JsonObject ?? node?.DeepClone();

    private static JsonNode? ParseText(string? text)
    {
        if (text is null) return null;
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return JsonValues.Copy(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
