namespace Attune.Text.Tokenizers.PreTokenizers;

/// <summary>Cuts a piece into smaller ones, across which no token reaches; it may rewrite them.</summary>
internal interface IPreTokenizer
{
    /// <summary>Adds the parts in order, none of them empty.</summary>
    void Split(Piece piece, List<Piece> parts);
}
