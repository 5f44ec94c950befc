using Attune.Data.Selection;
using Attune.Data.Sources;

namespace Attune.Data.Preparation;

/// <summary>The examples of one part.</summary>
/// <param name="Name"><c>train</c>, <c>validation</c> or <c>test</c>.</param>
/// <param name="Examples">Examples in row order; each carries at least one label that counts.</param>
/// <param name="Dropped">Rows left without a label, and why.</param>
public sealed record PreparedPart(string Name, IReadOnlyList<Example> Examples, IReadOnlyList<BadRow> Dropped)
{
    /// <summary>Tokens of all examples.</summary>
    public long Tokens => Examples.Sum(example => (long)example.TokenIds.Length);

    /// <summary>Labels that count, of all examples.</summary>
    public long LabelTokens => Examples.Sum(example => (long)example.LabelTokens);

    /// <summary>Examples that were cut.</summary>
    public int Truncated => Examples.Count(example => example.IsTruncated);
}

/// <summary>Everything a run trains on and is measured with, ready for the model.</summary>
/// <param name="Train">Training examples.</param>
/// <param name="Validation">Validation examples, or null.</param>
/// <param name="Test">Test examples, or null.</param>
/// <param name="Sets">The rows they were made of.</param>
/// <param name="BadRows">Rows left out as malformed, by reading or by preparation.</param>
/// <param name="Findings">What preflight has to tell; those that stop come first.</param>
public sealed record PreparedData(
    PreparedPart Train, PreparedPart? Validation, PreparedPart? Test, DataSets Sets, IReadOnlyList<BadRow> BadRows, IReadOnlyList<Finding> Findings)
{
    /// <summary>The parts there are: train, validation, test.</summary>
    public IEnumerable<PreparedPart> Parts => new[] { Train, Validation, Test }.OfType<PreparedPart>();
}
