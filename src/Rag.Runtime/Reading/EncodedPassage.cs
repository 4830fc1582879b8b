using Rag.Documents;

namespace Rag.Runtime.Reading;

/// <summary>A passage as tokens, with the characters that each is from.</summary>
internal sealed record EncodedPassage(int[] Ids, IReadOnlyList<TextRange> Offsets)
{
    /// <summary>From the first character of one token to the last of another.</summary>
    public TextRange Range(int first, int last) =>
        new(Offsets[first].Start, Math.Max(Offsets[first].End, Offsets[last].End));
}
