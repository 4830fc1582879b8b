using System.Globalization;

namespace Rag.Runtime.Generation.Constraints.Patterns;

/// <summary>The classes that a pattern names by a letter.</summary>
internal static class CharacterClasses
{
    // Python's str.isspace: white space by bidirectional class or category Zs (docs.python.org, "str.isspace").
    private static readonly CodePointSet UnicodeSpace = CodePointSet.Of(
        (9, 13), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000));

    private static readonly CodePointSet UnicodeDigit = CodePointSet.Where(value => Category(value) == UnicodeCategory.DecimalDigitNumber);

    // Python's str.isalnum and the underscore: letters, and numbers of every kind.
    private static readonly CodePointSet UnicodeWord = CodePointSet.Where(value => value == '_' || Category(value) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber);

    private static readonly CodePointSet AsciiDigit = CodePointSet.Of(('0', '9'));
    private static readonly CodePointSet AsciiWord = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePointSet AsciiSpace = CodePointSet.Of((9, 13), (' ', ' '));

    /// <summary>
    /// The class of d, D, w, W, s or S; null for another letter. The narrow form takes what Python and JavaScript agree on,
    /// of a class as of what is outside of one.
    /// </summary>
    public static CodePointSet? Named(char name, bool narrow) => name switch
    {
        'd' => narrow ? AsciiDigit : UnicodeDigit,
        'w' => narrow ? AsciiWord : UnicodeWord,
        's' => narrow ? AsciiSpace : UnicodeSpace,
        'D' => UnicodeDigit.Complement(),
        'W' => UnicodeWord.Complement(),
        'S' => UnicodeSpace.Union(CodePointSet.Of((0xFEFF, narrow ? 0xFEFF : 0xFEFE))).Complement(),
        _ => null,
    };

    private static UnicodeCategory Category(int value) => CharUnicodeInfo.GetUnicodeCategory(value);
}
