using System.Globalization;
using System.Text;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>Where words begin and end.</summary>
internal static class WordEdges
{
    /// <summary>Whether a cut at a place, between two graphemes, leaves every word whole.</summary>
    public static bool IsEdge(ReadOnlySpan<char> text, int at)
    {
        if (at <= 0 || at >= text.Length)
        {
            return true;
        }

        Rune before = Before(text, at), behind = At(text, at);
        bool wordBefore = IsOfWord(before), wordBehind = IsOfWord(behind);
        if (wordBefore && wordBehind)
        {
            return IsOfSpacelessScript(before) || IsOfSpacelessScript(behind);
        }

        if (wordBefore)
        {
            int next = at + behind.Utf16SequenceLength;
            return next >= text.Length || !Joins(behind, before, At(text, next));
        }

        if (!wordBehind)
        {
            return true;
        }

        int start = at - before.Utf16SequenceLength;
        Rune? further = start > 0 ? Before(text, start) : null;

        // The sign of a number belongs to it.
        bool sign = before.Value is '-' or '−' && Rune.IsDigit(behind) && (further is null || !IsOfWord(further.Value));
        return !sign && (further is null || !Joins(before, further.Value, behind));
    }

    private static bool Joins(Rune middle, Rune before, Rune behind) => middle.Value switch
    {
        '\'' or '’' => Rune.IsLetter(before) && Rune.IsLetter(behind),
        '.' or ',' or ':' or '/' => Rune.IsDigit(before) && Rune.IsDigit(behind),
        _ => false,
    };

    private static bool IsOfWord(Rune rune) => rune.IsAscii
        ? char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_'
        : Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation;

    // Thai, Lao, Tibetan, Myanmar, Khmer, kana, Han with their extensions.
    private static bool IsOfSpacelessScript(Rune rune) => rune.Value is
        (>= 0x0E00 and <= 0x0FFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x2E80 and <= 0x2FDF) or (>= 0x3005 and <= 0x30FF)
        or (>= 0x31F0 and <= 0x31FF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static Rune At(ReadOnlySpan<char> text, int at) => Rune.DecodeFromUtf16(text[at..], out Rune rune, out _) == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;

    private static Rune Before(ReadOnlySpan<char> text, int at) => Rune.DecodeLastFromUtf16(text[..at], out Rune rune, out _) == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;
}
