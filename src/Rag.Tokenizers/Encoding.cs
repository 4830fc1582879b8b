using Rag.Documents;

namespace Rag.Tokenizers;

/// <summary>A text, or a pair of texts, as tokens. All lists but <see cref="Overflowing"/> have the same length; immutable.</summary>
public sealed class Encoding
{
    internal Encoding(Assembly.EncodingColumns columns, IReadOnlyList<Encoding> overflowing)
    {
        Ids = [.. columns.Ids];
        TypeIds = [.. columns.TypeIds];
        Offsets = [.. columns.Offsets];
        Tokens = [.. columns.Tokens];
        SpecialMask = [.. columns.SpecialMask];
        AttentionMask = [.. columns.AttentionMask];
        WordIds = [.. columns.WordIds];
        SequenceIds = [.. columns.SequenceIds];
        Overflowing = overflowing;
    }

    /// <summary>Token ids.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>Segment of each token, as the post-processor numbers them (0 for a single text in nearly every model).</summary>
    public IReadOnlyList<int> TypeIds { get; }

    /// <summary>
    /// Where each token comes from, in UTF-16 code units of its own text as given. Pieces of one character all have that
    /// character's range; tokens added by the post-processor and padding have 0..0.
    /// </summary>
    public IReadOnlyList<TextRange> Offsets { get; }

    /// <summary>The tokens as the vocabulary spells them; an added token is spelt as it was matched.</summary>
    public IReadOnlyList<string> Tokens { get; }

    /// <summary>True where the post-processor or padding added the token.</summary>
    public IReadOnlyList<bool> SpecialMask { get; }

    /// <summary>Index of the pre-tokenizer's piece that the token belongs to; null where the token was added.</summary>
    public IReadOnlyList<int?> WordIds { get; }

    /// <summary>False where padding added the token.</summary>
    public IReadOnlyList<bool> AttentionMask { get; }

    /// <summary>Which text of a pair the token belongs to, 0 or 1; null where it was added.</summary>
    public IReadOnlyList<int?> SequenceIds { get; }

    /// <summary>What was cut off, as <see cref="EncodeOptions.Windows"/> asks; empty where it does not or nothing was cut.</summary>
    public IReadOnlyList<Encoding> Overflowing { get; }
}
