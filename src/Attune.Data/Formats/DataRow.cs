using System.Text.Json.Nodes;
using Attune.Data.Sources;

namespace Attune.Data.Formats;

/// <summary>A row in the common form that every format is read into.</summary>
/// <param name="Origin">File and line.</param>
/// <param name="Content">What the model reads and answers.</param>
/// <param name="Label">Its class, for a label task.</param>
public sealed record DataRow(RowOrigin Origin, RowContent Content, string? Label = null)
{
    /// <summary>
    /// The text that two rows must share to be duplicates: for a label task what is asked (a row with another label is
    /// one too), otherwise everything.
    /// </summary>
    public string DuplicateKey => Content switch
    {
        ChatContent chat when Label is not null => new JsonArray([.. chat.Messages.SkipLast(1).Select(message => message?.DeepClone())]).ToJsonString(),
        ChatContent chat => chat.Messages.ToJsonString(),
        PairContent pair => $"{pair.Prompt}\0{pair.Completion}",
        TextContent text => text.Text,
        TokenContent tokens => string.Join(' ', tokens.TokenIds),
        _ => throw new InvalidOperationException(Content.GetType().Name),
    };
}

/// <summary>One of the four things a row can be.</summary>
public abstract record RowContent;

/// <summary>A conversation.</summary>
/// <param name="Messages">Objects with role and content; further fields such as tool_calls are kept.</param>
/// <param name="ContextMessages">So many messages at the start carry no loss, whoever speaks (a prompt given as messages).</param>
/// <param name="Tools">Functions offered to the assistant, as OpenAI writes them; null: none.</param>
public sealed record ChatContent(JsonArray Messages, int ContextMessages = 0, JsonArray? Tools = null) : RowContent;

/// <summary>A prompt and what follows it, without a template.</summary>
public sealed record PairContent(string Prompt, string Completion) : RowContent;

/// <summary>Plain text, all of it trained.</summary>
public sealed record TextContent(string Text) : RowContent;

/// <summary>Token ids made elsewhere.</summary>
/// <param name="TokenIds">n ids.</param>
/// <param name="Labels">n labels, −100 where no loss is paid.</param>
public sealed record TokenContent(int[] TokenIds, int[] Labels) : RowContent;
