namespace Attune.Text.Tokenizers.Gguf;

/// <summary>The metadata of a GGUF file, read by type; errors name the file and the key.</summary>
internal readonly struct GgufMetadata(IReadOnlyDictionary<string, object> values, string path)
{
    /// <summary>A string, or null where the key is absent.</summary>
    public string? Text(string key) => Value<string>(key, "a string");

    /// <summary>A list of strings that must be there.</summary>
    public string[] Texts(string key) =>
        Value<string[]>(key, "a list of strings") ?? throw Error($"the key {key} is missing.");

    /// <summary>A truth value, or null where the key is absent.</summary>
    public bool? Flag(string key) => values.ContainsKey(key) ? Value<object>(key, "") is bool flag ? flag : throw Wrong(key, "true or false") : null;

    /// <summary>The kinds of the tokens (<c>tokenizer.ggml.token_type</c>), or null where the key is absent.</summary>
    public int[]? Kinds()
    {
        const string Key = "tokenizer.ggml.token_type";
        return values.GetValueOrDefault(Key) switch
        {
            null => null,
            int[] kinds => kinds,
            uint[] kinds => [.. kinds.Select(kind => (int)kind)],
            _ => throw Wrong(Key, "a list of 32-bit numbers"),
        };
    }

    /// <summary>The token of a role (<c>bos</c>, <c>eos</c>, …), or null where the file names none.</summary>
    public (int Id, string Text)? Token(string role)
    {
        var key = $"tokenizer.ggml.{role}_token_id";
        if (!values.TryGetValue(key, out var value)) return null;
        long id = value switch
        {
            uint number => number,
            int number => number,
            ulong number when number <= int.MaxValue => (long)number,
            long number => number,
            _ => throw Wrong(key, "a token id"),
        };
        var tokens = Texts("tokenizer.ggml.tokens");
        if (id == uint.MaxValue || id == -1) return null; // llama.cpp's "no such token"
        return id >= 0 && id < tokens.Length
            ? ((int)id, tokens[id])
            : throw Error($"{key} is {id}, and the vocabulary has {tokens.Length} tokens.");
    }

    public AttuneException Error(string problem, string? hint = null) => new(ExitCode.Model, $"{path}: {problem}", hint);

    private T? Value<T>(string key, string expected)
        where T : class
    {
        if (!values.TryGetValue(key, out var value)) return null;
        return value as T ?? throw Wrong(key, expected);
    }

    private AttuneException Wrong(string key, string expected) =>
        Error($"{key} is of type {values[key].GetType().Name}, expected {expected}.");
}
