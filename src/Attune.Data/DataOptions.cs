using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Attune.Data;

/// <summary>The <c>data:</c> section of a recipe: where rows come from and what they mean.</summary>
public sealed record DataOptions
{
    /// <summary>
    /// Training file: .jsonl, .json, .csv, .tsv, .txt (optionally .gz); or a folder with one .txt a label, with files
    /// train.* (and validation.*, test.*), or with a single data file. A name with * or ? takes every file it fits, in order
    /// of their names; they have the same columns.
    /// </summary>
    public string? Train { get; init; }

    /// <summary>Instead of <see cref="Train"/>: label to a text file of its rows, one a line; <c>train</c> given as a map or list means this.</summary>
    public IReadOnlyDictionary<string, string> LabelFiles { get; init; } = new Dictionary<string, string>();

    /// <summary>Validation file; without it <see cref="Split"/> makes one.</summary>
    public string? Validation { get; init; }

    /// <summary>Test file; without it <see cref="Split"/> makes one.</summary>
    public string? Test { get; init; }

    /// <summary>What a row is; <see cref="RowFormat.Auto"/> detects it and prints the mapping.</summary>
    public RowFormat Format { get; init; } = RowFormat.Auto;

    /// <summary>Our role (text, label, prompt, completion, …) to the file's column name, or its 0-based number without header.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the first line of a CSV or TSV names its columns; null detects.</summary>
    public bool? Header { get; init; }

    /// <summary>Whether quotation marks in a CSV or TSV follow RFC 4180; false takes them as text; null: true for CSV, false for TSV.</summary>
    public bool? Quoting { get; init; }

    /// <summary>Which labels to keep: names, or <c>most_frequent: n</c> of the training file (ties by name); empty keeps all.</summary>
    public LabelSelection Labels { get; init; } = new();

    /// <summary>At most this many training rows, seeded and stratified by label; null takes all.</summary>
    [Range(1, int.MaxValue)]
    public int? Limit { get; init; }

    /// <summary>At most this many test rows, seeded and stratified by label; null takes all.</summary>
    [Range(1, int.MaxValue)]
    public int? TestLimit { get; init; }

    /// <summary>Parts cut from the training file where no files are given.</summary>
    public SplitOptions Split { get; init; } = new();

    /// <summary>Turns a label row into a chat row, for example <c>"Spam or ham?\n\n{text}"</c>; the label is the answer.</summary>
    public string? Prompt { get; init; }

    /// <summary>A system message put before every chat that has none; null adds none.</summary>
    public string? System { get; init; }

    /// <summary>Which end of a row longer than max_sequence_length stays.</summary>
    public TruncationMode TruncationMode { get; init; } = TruncationMode.KeepStart;

    /// <summary>Token put at the end of plain texts and completions that lack it; null takes the tokenizer's EOS.</summary>
    public string? EosToken { get; init; }

    /// <summary>What a malformed row does.</summary>
    public BadRows BadRows { get; init; } = BadRows.Stop;
}

/// <summary>Row formats, as the field names them.</summary>
public enum RowFormat
{
    /// <summary>Detected from the columns.</summary>
    Auto,

    /// <summary>Alpaca: instruction, input (optional), output.</summary>
    Instruction,

    /// <summary>prompt and completion, as strings or as message lists.</summary>
    PromptCompletion,

    /// <summary>OpenAI: messages with role and content.</summary>
    Messages,

    /// <summary>ShareGPT: conversations with from and value.</summary>
    [JsonStringEnumMemberName("sharegpt")]
    ShareGpt,

    /// <summary>A text and its label.</summary>
    Classification,

    /// <summary>Plain text.</summary>
    Text,

    /// <summary>input_ids with labels, completion_mask or neither.</summary>
    Tokens,
}

/// <summary>Which labels to keep.</summary>
public sealed record LabelSelection
{
    /// <summary>Names to keep; empty keeps all.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Keep the n most frequent labels of the training file, ties by name; null keeps all.</summary>
    [Range(1, int.MaxValue)]
    public int? MostFrequent { get; init; }
}

/// <summary>Parts cut from the training rows: below 1 a share, from 1 on a number of rows.</summary>
public sealed record SplitOptions
{
    /// <summary>Validation part: below 1 a share, from 1 on a number of rows.</summary>
    [Range(0d, double.MaxValue)]
    public double Validation { get; init; }

    /// <summary>Test part, likewise.</summary>
    [Range(0d, double.MaxValue)]
    public double Test { get; init; }

    /// <summary>Seed of the shuffle; the same rows fall into validation and test whatever <c>limit</c> is.</summary>
    public int Seed { get; init; } = 7;
}

/// <summary>What a malformed row does to a run.</summary>
public enum BadRows
{
    /// <summary>Stops it with file, line and reason.</summary>
    Stop,

    /// <summary>Is counted and listed in the run.</summary>
    Skip,
}

/// <summary>Which end of an over-long row stays.</summary>
public enum TruncationMode
{
    /// <summary>The start stays; the end, with its end of turn, is lost.</summary>
    KeepStart,

    /// <summary>The end stays; the start, with its system message, is lost.</summary>
    KeepEnd,
}

/// <summary>Which tokens carry loss.</summary>
public enum TrainOn
{
    /// <summary>The assistant's words and the end of its turn; of a prompt and its completion, the completion.</summary>
    Assistant,

    /// <summary>Every token.</summary>
    All,
}
