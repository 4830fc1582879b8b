namespace Rag.Tokenizers;

/// <summary>Which text of a pair is cut where both together are too long. A single text is always the one that is cut, but for <see cref="OnlySecond"/>.</summary>
public enum TruncationStrategy
{
    /// <summary>The longer one, down to the length of the other; then both alike, the first being the shorter by one where the room is odd.</summary>
    LongestFirst,

    /// <summary>The first alone.</summary>
    OnlyFirst,

    /// <summary>The second alone.</summary>
    OnlySecond,
}
