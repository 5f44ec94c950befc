using System.Text.Json.Nodes;
using Attune.Data.Sources;

namespace Attune.Data.Formats;

/// <summary>Reads the rows of a source into the common form; malformed ones go to the log.</summary>
public sealed class RowReader
{
    private readonly RowMapping _mapping;
    private readonly DataOptions _options;
    private readonly BadRowLog _bad;

    /// <summary>A reader for rows of one mapping.</summary>
    /// <exception cref="AttuneException">data.prompt is missing for a label task, lacks {text}, or is given for other rows.</exception>
    public RowReader(RowMapping mapping, DataOptions options, BadRowLog bad)
    {
        (_mapping, _options, _bad) = (mapping, options, bad);
        var isLabelTask = mapping.Format == RowFormat.Classification;
        if (isLabelTask && options.Prompt is null)
        {
            throw new AttuneException(
                ExitCode.Recipe,
                "data.prompt is not set: rows of a text and its label become chat rows by it.",
                "For example data.prompt: \"Name the intent of the message.\\n\\n{text}\"; the label is the answer.");
        }

        if (isLabelTask && !options.Prompt!.Contains("{text}"))
            throw new AttuneException(ExitCode.Recipe, $"data.prompt has no {{text}}: found \"{options.Prompt}\".", "Put {text} where the row's text goes.");
        if (!isLabelTask && options.Prompt is not null)
        {
            throw new AttuneException(
                ExitCode.Recipe,
                $"data.prompt is set, but the rows are of format {mapping.Format.Word()}; it is for rows of a text and its label.",
                "Take data.prompt out, or name the columns with data.columns: {text: …, label: …}.");
        }
    }

    /// <summary>All rows of the source in order.</summary>
    public IReadOnlyList<DataRow> Read(IReadOnlyList<SourceRow> source)
    {
        var rows = new List<DataRow>(source.Count);
        foreach (var row in source)
        {
            try
            {
                rows.AddRange(Read(row));
            }
            catch (FormatException e)
            {
                _bad.Report(row.Origin, e.Message);
            }
        }

        return rows;
    }

    private DataRow[] Read(SourceRow row)
    {
        var label = _mapping.Column(Roles.Label) is null ? null : Label(row);
        return _mapping.Format switch
        {
            RowFormat.Tokens => [new DataRow(row.Origin, TokenRows.Read(row, _mapping), label)],
            RowFormat.Messages => [Chat(row, ChatMessages.FromOpenAi(Value(row, Roles.Messages)), label)],
            RowFormat.ShareGpt => [Chat(row, ChatMessages.FromShareGpt(Value(row, Roles.Messages)), label)],
            RowFormat.Instruction when _mapping.Column(Roles.Instances) is not null => Instances(row, label),
            RowFormat.Instruction => [Instruction(row, Text(row, Roles.Instruction), Optional(row.Fields, Roles.Input), Text(row, Roles.Output), label)],
            RowFormat.PromptCompletion => [Pair(row, label)],
            RowFormat.Classification => [Labelled(row, label!)],
            RowFormat.Text => [new DataRow(row.Origin, new TextContent(Text(row, Roles.Text)), label)],
            _ => throw new InvalidOperationException(_mapping.Format.ToString()),
        };
    }

    private DataRow Labelled(SourceRow row, string label)
    {
        var text = Text(row, Roles.Text);
        if (string.IsNullOrWhiteSpace(text)) throw new FormatException($"column '{_mapping.Column(Roles.Text)}' is empty");
        return Chat(row, Turns(_options.Prompt!.Replace("{text}", text), label), label);
    }

    private DataRow Instruction(SourceRow row, string instruction, string? input, string output, string? label) =>
        Chat(row, Turns(string.IsNullOrWhiteSpace(input) ? instruction : $"{instruction}\n\n{input}", output), label);

    /// <summary>Self-Instruct's nested form: one instruction with several inputs and outputs, each a row of its own.</summary>
    private DataRow[] Instances(SourceRow row, string? label)
    {
        var instruction = Text(row, Roles.Instruction);
        if (Value(row, Roles.Instances) is not JsonArray { Count: > 0 } instances)
            throw new FormatException("the instances are not a list of inputs and outputs");
        return [.. instances.Select(instance =>
            instance is JsonObject fields && JsonValues.AsString(fields[Roles.Output]) is { } output
                ? Instruction(row, instruction, JsonValues.AsString(fields[Roles.Input]), output, label)
                : throw new FormatException("an instance has no output"))];
    }

    private DataRow Pair(SourceRow row, string? label)
    {
        var (prompt, completion) = (Value(row, Roles.Prompt), Value(row, Roles.Completion));
        if (prompt is JsonValue && completion is JsonValue)
            return new DataRow(row.Origin, new PairContent(Text(row, Roles.Prompt), Text(row, Roles.Completion)), label);
        if (prompt is JsonValue || completion is JsonValue)
            throw new FormatException("prompt and completion must both be texts or both be messages");
        var messages = ChatMessages.FromEither(prompt);
        var answer = ChatMessages.FromEither(completion);
        foreach (var message in answer) messages.Add(message!.DeepClone());
        var chat = (ChatContent)Chat(row, messages, label).Content; // a system message may have been put first
        return new DataRow(row.Origin, chat with { ContextMessages = chat.Messages.Count - answer.Count }, label);
    }

    private DataRow Chat(SourceRow row, JsonArray messages, string? label)
    {
        ChatMessages.AddSystem(messages, Optional(row.Fields, Roles.System) is { Length: > 0 } own ? own : _options.System);
        return new DataRow(row.Origin, new ChatContent(messages, 0, Tools(row)), label);
    }

    private JsonArray? Tools(SourceRow row) =>
        _mapping.Column(Roles.Tools) is { } column ? ChatMessages.Tools(row.Fields[column]) : null;

    private static JsonArray Turns(string user, string assistant) =>
    [
        new JsonObject { ["role"] = "user", ["content"] = user },
        new JsonObject { ["role"] = "assistant", ["content"] = assistant },
    ];

    private string Label(SourceRow row)
    {
        var label = JsonValues.AsLabel(Value(row, Roles.Label)) ?? throw new FormatException($"column '{_mapping.Column(Roles.Label)}' is not a label (a text, a whole number, true or false)");
        return label.Length > 0 ? label : throw new FormatException($"column '{_mapping.Column(Roles.Label)}' is empty");
    }

    private string Text(SourceRow row, string role) =>
        JsonValues.AsString(Value(row, role)) ?? throw new FormatException($"column '{_mapping.Column(role)}' is not text");

    private string? Optional(JsonObject fields, string role) =>
        _mapping.Column(role) is { } column ? JsonValues.AsString(fields[column]) : null;

    /// <summary>The value of a required role.</summary>
    private JsonNode Value(SourceRow row, string role)
    {
        var column = _mapping.Column(role)!;
        if (!row.Fields.TryGetPropertyValue(column, out var value))
            throw new FormatException($"column '{column}' is missing; the row has {string.Join(", ", row.Fields.Select(field => field.Key).Take(10))}");
        return value ?? throw new FormatException($"column '{column}' is null");
    }
}
