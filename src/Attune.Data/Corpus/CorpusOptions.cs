namespace Attune.Data.Corpus;

/// <summary>The <c>data:</c> section of a pretraining recipe: the documents of a corpus.</summary>
public sealed record CorpusOptions
{
    /// <summary>
    /// Files, or patterns with * and ? in file names: .jsonl (one document a line), .txt and .md (a file is a document;
    /// beyond 1 MiB it ends at the next empty line), each also .gz.
    /// </summary>
    public IReadOnlyList<string> Train { get; init; } = [];

    /// <summary>Validation file, of the same kinds; it may not be among the training files. Null: no validation.</summary>
    public string? Validation { get; init; }

    /// <summary>The key of a .jsonl line that holds the text.</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>The key of a .jsonl line that says where the text comes from, for <see cref="Exclude"/>.</summary>
    public string SourceColumn { get; init; } = "source";

    /// <summary>Sources whose documents are left out of training, for example for their licence. Every one must occur.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>What a malformed line does.</summary>
    public BadRows BadRows { get; init; } = BadRows.Stop;
}
