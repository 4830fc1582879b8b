namespace Rag.Tokenizers.PostProcessing;

/// <summary>One token of a template: an added id, or the place of a text.</summary>
/// <param name="Id">The id to add; -1 for the place of a text.</param>
/// <param name="Token">Its spelling; null for the place of a text.</param>
/// <param name="TypeId">The segment number of the token or of the text.</param>
/// <param name="IsSecond">Whether the text is the second of a pair.</param>
internal sealed record SpecialToken(int Id, string? Token, int TypeId, bool IsSecond = false)
{
    public bool IsText => Token is null;
}
