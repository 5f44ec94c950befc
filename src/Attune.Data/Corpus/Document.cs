using Attune.Data.Sources;

namespace Attune.Data.Corpus;

/// <summary>A text that is learned as a whole.</summary>
/// <param name="Text">May be empty.</param>
/// <param name="Source">Where the text comes from: what the line says, or the name of a text file; null: the line says nothing.</param>
/// <param name="Origin">File and line it begins on.</param>
public sealed record Document(string Text, string? Source, RowOrigin Origin);
