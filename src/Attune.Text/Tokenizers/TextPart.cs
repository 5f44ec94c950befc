namespace Attune.Text.Tokenizers;

/// <summary>A part of a text that is encoded by itself.</summary>
/// <param name="Start">UTF-16 index of its first character.</param>
/// <param name="End">UTF-16 index after its last.</param>
/// <param name="IsPlain">Whether no added token, special or not, is recognised in it.</param>
public readonly record struct TextPart(int Start, int End, bool IsPlain);
