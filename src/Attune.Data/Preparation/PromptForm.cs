using System.Text.Json.Nodes;
using Attune.Data.Formats;
using Attune.Data.Selection;
using Attune.Text.Templates;
using Attune.Text.Tokenizers;

namespace Attune.Data.Preparation;

/// <summary>The form in which a run's rows asked the model, kept so that the tuned model is asked in the same form.</summary>
/// <param name="IsChat">Whether rows are conversations in the model's chat template; else texts that go on.</param>
/// <param name="System">The system message of every conversation; null: none.</param>
/// <param name="Prompt">What stands around a user's text, with <c>{text}</c> in its place; null: nothing.</param>
public sealed record PromptForm(bool IsChat, string? System = null, string? Prompt = null)
{
    /// <summary>The form of a run's training rows.</summary>
    public static PromptForm Of(DataSets sets, DataOptions options) =>
        sets.Train.Rows[0].Content is ChatContent ? new(true, options.System, options.Prompt) : new(false);

    /// <summary>A user's text as the only message of a conversation.</summary>
    public JsonArray Conversation(string text)
    {
        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = Prompt?.Replace("{text}", text) ?? text });
        ChatMessages.AddSystem(messages, System);
        return messages;
    }

    /// <summary>The user's text in a message that <see cref="Prompt"/> stands around; any other message is the text itself.</summary>
    public string TextOf(string message)
    {
        if (Prompt?.Split("{text}") is not [var before, var after]) return message;
        var fits = message.Length >= before.Length + after.Length
            && message.StartsWith(before, StringComparison.Ordinal) && message.EndsWith(after, StringComparison.Ordinal);
        return fits ? message[before.Length..^after.Length] : message;
    }

    /// <summary>Token ids of what the model reads before it answers.</summary>
    /// <param name="text">The user's text.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="chat">The model's chat format; needed where <see cref="IsChat"/> holds.</param>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the model has no chat template.</exception>
    public int[] Encode(string text, ITokenizer tokenizer, ChatFormat? chat)
    {
        return IsChat ? Encode(Conversation(text), tokenizer, chat) : tokenizer.Encode(text).Ids;
    }

    /// <summary>
    /// Token ids of a conversation up to where the model's next words begin. Control tokens written in a message are ordinary
    /// text, unlike in training rows.
    /// </summary>
    /// <exception cref="AttuneException"><see cref="ExitCode.Model"/>: the model has no chat template, or it refuses the conversation.</exception>
    public static int[] Encode(JsonArray messages, ITokenizer tokenizer, ChatFormat? chat) => chat is null
        ? throw new AttuneException(
            ExitCode.Model, "The model has no chat template, so it cannot be asked in chat form.",
            "Put a chat_template.jinja beside the model, or give the text as it is.")
        : chat.EncodePrompt(messages, tokenizer).Ids;
}
