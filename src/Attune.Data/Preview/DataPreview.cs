using Attune.Data.Formats;
using Attune.Data.Preparation;
using Attune.Data.Selection;
using Attune.Text.Templates;
using Attune.Text.Tokenizers;

namespace Attune.Data.Preview;

/// <summary>What <c>attune data preview</c> shows: rows as the model sees them, and what all of them come to.</summary>
/// <param name="Mapping">How the columns were understood.</param>
/// <param name="Spans">How the assistant's words are found; null where the model has no chat template.</param>
/// <param name="SpanExplanation">The same in a sentence.</param>
/// <param name="Parts">Counts and lengths of every part.</param>
/// <param name="Rows">The first training examples, token by token.</param>
/// <param name="Overlaps">Exact duplicates within and between parts.</param>
/// <param name="Findings">What preflight has to tell.</param>
public sealed record DataPreview(
    RowMapping Mapping,
    SpanSource? Spans,
    string SpanExplanation,
    IReadOnlyList<PreviewPart> Parts,
    IReadOnlyList<PreviewRow> Rows,
    IReadOnlyList<Overlap> Overlaps,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>The preview of prepared data.</summary>
    /// <param name="data">The data.</param>
    /// <param name="preparer">What prepared it.</param>
    /// <param name="rows">Training examples to show.</param>
    public static DataPreview Of(PreparedData data, RowPreparer preparer, int rows = 3) => new(
        data.Sets.Mapping,
        preparer.Chat?.Source,
        preparer.Chat?.Explanation ?? "The model has no chat template.",
        [.. data.Parts.Select(part => PreviewPart.Of(part, data.Sets.Parts.First(source => source.Name == part.Name)))],
        [.. data.Train.Examples.Take(rows).Select(example => PreviewRow.Of(example, preparer.Tokenizer))],
        data.Sets.Overlaps,
        data.Findings);
}

/// <summary>What a part comes to.</summary>
/// <param name="Name"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Examples">Examples.</param>
/// <param name="Tokens">Their tokens.</param>
/// <param name="LabelTokens">Their labels that count.</param>
/// <param name="Truncated">Examples that were cut.</param>
/// <param name="Dropped">Rows left without a label.</param>
/// <param name="LabelCounts">Rows of each label of the task.</param>
/// <param name="Lengths">Tokens of an example before it was cut; null where there is none.</param>
public sealed record PreviewPart(
    string Name, int Examples, long Tokens, long LabelTokens, int Truncated, int Dropped, IReadOnlyDictionary<string, int> LabelCounts, LengthStatistics? Lengths)
{
    internal static PreviewPart Of(PreparedPart part, DataPart source) => new(
        part.Name, part.Examples.Count, part.Tokens, part.LabelTokens, part.Truncated, part.Dropped.Count, source.LabelCounts,
        part.Examples.Count == 0 ? null : LengthStatistics.Of(part.Examples.Select(example => example.Length)));
}

/// <summary>An example token by token.</summary>
/// <param name="Example">The example.</param>
/// <param name="Tokens">Its tokens.</param>
public sealed record PreviewRow(Example Example, IReadOnlyList<PreviewToken> Tokens)
{
    internal static PreviewRow Of(Example example, ITokenizer tokenizer)
    {
        var stream = tokenizer.StartDecoding(skipSpecialTokens: false);
        return new PreviewRow(example, [.. example.TokenIds.Select((id, i) =>
            new PreviewToken(stream.Next(id) ?? "", id, i > 0 && example.Labels[i] != Example.Ignored))]);
    }
}

/// <summary>A token of a preview.</summary>
/// <param name="Text">The text it completes; empty where it holds only part of a character.</param>
/// <param name="Id">Its id.</param>
/// <param name="IsLabel">Whether it carries loss.</param>
public sealed record PreviewToken(string Text, int Id, bool IsLabel);
