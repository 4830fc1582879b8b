namespace Rag.Runtime.Heads;

/// <summary>One input of a model.</summary>
/// <param name="Ids">Its tokens; never empty.</param>
/// <param name="Types">The type of each token.</param>
/// <param name="Attended">How many of the first tokens are seen by the others; the rest have outputs too.</param>
internal readonly record struct TokenRow(IReadOnlyList<int> Ids, IReadOnlyList<int> Types, int Attended)
{
    public static TokenRow Of(Tokenizers.Encoding encoding) => new(encoding.Ids, encoding.TypeIds, encoding.Ids.Count);
}
