using System.Globalization;
using System.Text;

namespace Rag.Tokenizers.Text;

/// <summary>The classes that split rules ask for, over whole code points.</summary>
internal static class CharacterClass
{
    public const byte Letter = 1;
    public const byte Number = 2;
    public const byte Space = 4;
    public const byte Newline = 8;
    public const byte Mark = 16;
    public const byte Connector = 32;
    public const byte DecimalDigit = 64;

    private static readonly byte[] Plane0 = Build();

    /// <summary>Class bits of the code point at <paramref name="index"/> and its length in code units.</summary>
    public static byte At(ReadOnlySpan<char> text, int index, out int length)
    {
        char c = text[index];
        if (char.IsHighSurrogate(c) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return Of(CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(c, text[index + 1])));
        }

        length = 1;
        return Plane0[c];
    }

    /// <summary>Class bits of a code unit; of surrogates none.</summary>
    public static byte Of(char c) => Plane0[c];

    public static byte Of(Rune rune) => rune.IsBmp ? Plane0[(char)rune.Value] : Of(CharUnicodeInfo.GetUnicodeCategory(rune.Value));

    /// <summary>Whether a code point can be part of a word (\w of UTS 18: letters, marks, decimal digits, letter numbers, connectors).</summary>
    public static bool IsWord(Rune rune) =>
        (Of(rune) & (Letter | Mark | Connector | DecimalDigit)) != 0
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber
        || rune.Value is 0x200C or 0x200D or (>= 0x24B6 and <= 0x24E9) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189);

    private static byte Of(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
            or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Letter,
        UnicodeCategory.DecimalDigitNumber => Number | DecimalDigit,
        UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Mark,
        UnicodeCategory.ConnectorPunctuation => Connector,
        _ => 0,
    };

    private static byte[] Build()
    {
        var classes = new byte[65536];
        for (int i = 0; i < classes.Length; i++)
        {
            char c = (char)i;
            classes[i] = char.IsSurrogate(c) ? (byte)0 : Of(CharUnicodeInfo.GetUnicodeCategory(c));
            if (char.IsWhiteSpace(c))
            {
                classes[i] |= Space;
            }
        }

        classes['\r'] |= Newline;
        classes['\n'] |= Newline;
        return classes;
    }
}
