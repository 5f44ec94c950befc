using System.Text.Json.Nodes;
using Attune.Text.Templates.Jinja;
using Attune.Text.Templates.Jinja.Values;

namespace Attune.Text.Templates;

/// <summary>The variables a chat template is given, in the order in which later ones win.</summary>
internal sealed class ChatInput
{
    /// <summary>Fields in which a message may hold its reasoning; templates read one of the first two.</summary>
    public static readonly string[] ReasoningFields = ["reasoning_content", "thinking", "reasoning"];

    private ChatInput(List<object?> messages, Dictionary<string, object?> variables)
    {
        Messages = messages;
        Variables = variables;
    }

    public List<object?> Messages { get; }

    public Dictionary<string, object?> Variables { get; }

    public static ChatInput Create(JsonArray messages, RenderOptions options)
    {
        if (messages.Count == 0)
            throw JinjaException.Value("Cannot apply chat template to an empty conversation. Provide at least one message.");
        var values = messages.Select(Message).ToList();
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = new JinjaList(values),
            ["tools"] = JsonValues.FromJson(options.Tools),
            ["documents"] = JsonValues.FromJson(options.Documents),
            ["add_generation_prompt"] = options.AddGenerationPrompt,
        };
        foreach (var (name, value) in options.Variables) variables[name] = JsonValues.FromJson(value);
        return new ChatInput(values, variables);
    }

    // A field that is null counts as absent; reasoning stands in both fields that templates read.
    private static object? Message(JsonNode? node)
    {
        if (JsonValues.FromJson(node) is not JinjaDictionary given) return JsonValues.FromJson(node);
        var message = new JinjaDictionary();
        foreach (var (key, value) in given.Entries)
        {
            if (value is not null) message.Set(key, value);
        }

        foreach (var field in ReasoningFields)
        {
            if (!message.TryGet(field, out var reasoning)) continue;
            foreach (var read in ReasoningFields[..2])
            {
                if (!message.Contains(read)) message.Set(read, reasoning);
            }

            break;
        }

        return message;
    }
}
