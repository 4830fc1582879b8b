using System.Globalization;
using System.Text;

namespace Rag.Index.Text;

/// <summary>Sorts characters by <see cref="WritingSystem"/>, by the blocks and general categories of Unicode.</summary>
internal static class WritingSystems
{
    /// <summary>What a folded character is.</summary>
    public static WritingSystem Of(Rune rune) => rune.Value switch
    {
        < 0x80 => Rune.IsLetterOrDigit(rune) ? WritingSystem.Word : WritingSystem.None,
        >= 0x0E00 and < 0x0F00 or >= 0x1000 and < 0x10A0 or >= 0x1780 and < 0x1800 => IsPartOfWord(rune) ? WritingSystem.SoutheastAsian : WritingSystem.None,
        >= 0x1100 and < 0x1200 or >= 0x3131 and < 0x318F or >= 0xA960 and < 0xA980 or >= 0xAC00 and < 0xD7FC => WritingSystem.Hangul,
        >= 0x3041 and < 0x3097 or 0x309D or 0x309E => WritingSystem.Hiragana,
        >= 0x30A1 and < 0x30FB or >= 0x30FC and < 0x3100 or >= 0x31F0 and < 0x3200 => WritingSystem.Katakana,
        0x3005 or 0x3007 or >= 0x3400 and < 0x4DC0 or >= 0x4E00 and < 0xA000 or >= 0xF900 and < 0xFB00 or >= 0x20000 and < 0x3FFFE => WritingSystem.Han,
        _ => OfCategory(rune),
    };

    private static WritingSystem OfCategory(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark when rune.Value is >= 0x300 and < 0x370 => WritingSystem.Ignored,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => WritingSystem.Mark,
        UnicodeCategory.Format when rune.Value != 0x200B => WritingSystem.Ignored,
        _ => IsPartOfWord(rune) ? WritingSystem.Word : WritingSystem.None,
    };

    private static bool IsPartOfWord(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
        or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
