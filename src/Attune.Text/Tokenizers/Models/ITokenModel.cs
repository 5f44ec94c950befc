namespace Attune.Text.Tokenizers.Models;

/// <summary>Cuts a piece into tokens of a vocabulary.</summary>
internal interface ITokenModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>Adds the tokens of a piece that is not empty, with their offsets in the original text.</summary>
    void Tokenize(Piece piece, TokenList tokens);
}
