namespace Attune.Text.Tokenizers.AddedTokens;

/// <summary>A token that is found in the text before anything else is done to it.</summary>
/// <param name="Content">Its text; never empty.</param>
/// <param name="SingleWord">Counts only where no word character touches it.</param>
/// <param name="StripLeft">Takes the white space before it along.</param>
/// <param name="StripRight">Takes the white space after it along.</param>
/// <param name="Normalized">Is looked for in the normalised text, in its own normalised form.</param>
/// <param name="Special">Is left out by decoding when asked, and read as plain text when asked.</param>
internal sealed record AddedToken(
    string Content, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized, bool Special);
