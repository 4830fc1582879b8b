namespace Rag.Tokenizers.PreTokenization;

/// <summary>A piece of the text, or an added token found in it.</summary>
/// <param name="Start">First unit in the text.</param>
/// <param name="End">One past the last.</param>
/// <param name="TokenId">The added token's id, or -1.</param>
internal readonly record struct Piece(int Start, int End, int TokenId)
{
    public bool IsToken => TokenId >= 0;
}
