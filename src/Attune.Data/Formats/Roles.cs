namespace Attune.Data.Formats;

/// <summary>What a format reads from a row.</summary>
/// <param name="Name">The word used in <c>data.columns</c>.</param>
/// <param name="IsRequired">Whether the format cannot be without it.</param>
/// <param name="Names">Column names it is found by, the first fitting one taken.</param>
internal sealed record Role(string Name, bool IsRequired, params string[] Names);

/// <summary>The roles of every format.</summary>
internal static class Roles
{
    public const string Text = "text";
    public const string Label = "label";
    public const string Messages = "messages";
    public const string Tools = "tools";
    public const string System = "system";
    public const string Instruction = "instruction";
    public const string Input = "input";
    public const string Output = "output";
    public const string Instances = "instances";
    public const string Prompt = "prompt";
    public const string Completion = "completion";
    public const string InputIds = "input_ids";
    public const string TokenLabels = "labels";
    public const string CompletionMask = "completion_mask";
    public const string AssistantMasks = "assistant_masks";

    private static readonly Role ToolsRole = new(Tools, false, "tools", "functions");
    private static readonly Role SystemRole = new(System, false, "system", "system_prompt");

    /// <summary>A class beside any format, read only where <c>data.columns</c> names it.</summary>
    private static readonly Role NamedLabel = new(Label, false);

    /// <summary>Formats in the order in which they are tried.</summary>
    public static IReadOnlyList<(RowFormat Format, Role[] Roles)> Formats { get; } =
    [
        (RowFormat.Tokens,
        [
            new Role(InputIds, true, "input_ids"), new Role(TokenLabels, false, "labels"),
            new Role(CompletionMask, false, "completion_mask"), new Role(AssistantMasks, false, "assistant_masks", "assistant_mask"), NamedLabel,
        ]),
        (RowFormat.Messages, [new Role(Messages, true, "messages", "conversations", "conversation", "chat", "dialogue"), ToolsRole, SystemRole, NamedLabel]),
        (RowFormat.ShareGpt, [new Role(Messages, true, "conversations", "conversation", "messages"), ToolsRole, SystemRole, NamedLabel]),
        (RowFormat.Instruction,
        [
            new Role(Instruction, true, "instruction"), new Role(Input, false, "input"),
            new Role(Output, true, "output", "response", "completion", "answer"), SystemRole, NamedLabel,
        ]),
        (RowFormat.Instruction, [new Role(Instruction, true, "instruction"), new Role(Instances, true, "instances"), SystemRole, NamedLabel]),
        (RowFormat.PromptCompletion,
        [
            new Role(Prompt, true, "prompt", "question", "query", "input", "context", "source"),
            new Role(Completion, true, "completion", "response", "answer", "output", "continuation", "target"), ToolsRole, NamedLabel,
        ]),
        (RowFormat.Classification,
        [
            new Role(Text, true, "text", "sentence", "utterance", "review", "message", "comment", "tweet", "content", "body", "question", "query", "title", "prompt"),
            new Role(Label, true, "label", "labels", "class", "intent", "category", "sentiment", "topic", "target", "tag"),
        ]),
        (RowFormat.Text, [new Role(Text, true, "text", "content", "document", "body", "story"), NamedLabel]),
    ];

    /// <summary>Every role a user may name.</summary>
    public static IEnumerable<string> All => Formats.SelectMany(format => format.Roles).Select(role => role.Name).Distinct();
}
