namespace Rag.Chunking;

/// <summary>The few facts about scripts that cutting and matching text needs. Ranges: Unicode block tables.</summary>
internal static class WritingSystems
{
    /// <summary>Han and Kana, which are written without spaces between words.</summary>
    public static bool IsUnspaced(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u4DBF') or (>= '\u4E00' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF') or (>= '\u31F0' and <= '\u31FF');

    /// <summary>Hangul syllables and jamo.</summary>
    public static bool IsHangul(char c) => c is (>= '\uAC00' and <= '\uD7A3') or (>= '\u1100' and <= '\u11FF') or (>= '\u3130' and <= '\u318F');

    /// <summary>Han, Kana or Hangul.</summary>
    public static bool IsEastAsian(char c) => c >= '\u1100' && (IsUnspaced(c) || IsHangul(c));
}
