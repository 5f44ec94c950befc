using System.Text.Json.Nodes;
using Attune.Text.Templates;

namespace Attune.Text.Tests.Templates;

/// <summary>The templates and conversations of the goldens.</summary>
internal static class GoldenChats
{
    private static readonly Lazy<Dictionary<string, (ChatTemplate Template, Dictionary<string, JsonNode?> Variables)>> All = new(() =>
        JsonNode.Parse(File.ReadAllText(Goldens.Path("templates/templates.json")))!["templates"]!.AsArray().ToDictionary(
            row => (string)row!["name"]!,
            row => (Template(row!), row!["variables"]!.AsObject().ToDictionary(pair => pair.Key, pair => pair.Value))));

    private static readonly Lazy<Dictionary<string, JsonNode>> Conversations = new(() =>
        GoldenRows.Lines(Goldens.Path("templates/conversations.jsonl")).ToDictionary(row => (string)row["id"]!));

    public static IEnumerable<string> Names => All.Value.Keys;

    public static ChatTemplate Template(string name) => All.Value[name].Template;

    public static Dictionary<string, JsonNode?> Variables(string name) => All.Value[name].Variables;

    public static JsonArray Messages(string conversation) => Conversations.Value[conversation]["messages"]!.AsArray();

    /// <summary>The conversations as rows to train on: messages and tools.</summary>
    public static IEnumerable<(string Id, JsonArray Messages, JsonArray? Tools)> WholeConversations() =>
        Conversations.Value.Select(pair => (pair.Key, pair.Value["messages"]!.AsArray(), pair.Value["tools"]?.AsArray()));

    /// <summary>Renders the template and conversation that a row names.</summary>
    public static RenderedChat Render(JsonNode row)
    {
        var (template, tokens) = All.Value[(string)row["template"]!];
        var conversation = Conversations.Value[(string)row["conversation"]!];
        var variables = new Dictionary<string, JsonNode?>(tokens);
        foreach (var (key, value) in conversation["kwargs"]?.AsObject() ?? []) variables[key] = value;
        return template.Render(conversation["messages"]!.AsArray(), new RenderOptions
        {
            AddGenerationPrompt = (bool?)conversation["add_generation_prompt"] ?? false,
            ContinueFinalMessage = Field(conversation["continue_final_message"]),
            Tools = conversation["tools"]?.AsArray(),
            Documents = conversation["documents"]?.AsArray(),
            Variables = variables,
            Now = GoldenRows.Now,
        });
    }

    private static ChatTemplate Template(JsonNode row)
    {
        var path = Goldens.Path($"templates/{row["file"]}");
        return ChatTemplate.Parse(File.ReadAllText(path), path);
    }

    // true is the field "content"
    private static string? Field(JsonNode? value) => value is null ? null
        : value.GetValueKind() == System.Text.Json.JsonValueKind.String ? (string)value!
        : (bool)value ? "content" : null;
}
