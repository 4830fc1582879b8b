using Rag.Documents;

namespace Rag.Tokenizers;

/// <summary>A text as tokens. All lists have the same length; immutable.</summary>
public sealed class Encoding
{
    internal Encoding(int[] ids, int[] typeIds, TextRange[] offsets, string[] tokens, bool[] specialMask, int?[] wordIds)
    {
        Ids = ids;
        TypeIds = typeIds;
        Offsets = offsets;
        Tokens = tokens;
        SpecialMask = specialMask;
        WordIds = wordIds;
    }

    /// <summary>Token ids.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Segment of each token, as the post-processor numbers them (0 for a single text in nearly every model).</summary>
    public IReadOnlyList<int> TypeIds { get; }

    /// <summary>
    /// Where each token comes from, in UTF-16 code units of the text as given. Pieces of one character all have that
    /// character's range; tokens added by the post-processor have 0..0.
    /// </summary>
    public IReadOnlyList<TextRange> Offsets { get; }

    /// <summary>The tokens as the vocabulary spells them; an added token is spelt as it was matched.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>True where the post-processor added the token.</summary>
    public IReadOnlyList<bool> SpecialMask { get; }

    /// <summary>Index of the pre-tokenizer's piece that the token belongs to; null where the post-processor added the token.</summary>
    public IReadOnlyList<int?> WordIds { get; }
}
