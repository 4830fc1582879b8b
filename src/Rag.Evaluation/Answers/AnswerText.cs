using System.Text;

namespace Rag.Evaluation.Answers;

/// <summary>What the normal forms of answers share.</summary>
internal static class AnswerText
{
    /// <summary>
    /// Lower case as the reference programs have it: Unicode's full mapping (SpecialCasing.txt), where İ becomes two characters and
    /// a Σ at the end of a word ς.
    /// </summary>
    public static string Lower(string text)
    {
        StringBuilder lower = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == 'İ')
            {
                lower.Append("i\u0307");
            }
            else if (text[i] == 'Σ' && i > 0 && char.IsLetter(text[i - 1]) && (i + 1 == text.Length || !char.IsLetter(text[i + 1])))
            {
                lower.Append('ς');
            }
            else if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                lower.Append(Rune.ToLowerInvariant(new Rune(text[i], text[++i])));
            }
            else
            {
                lower.Append(char.ToLowerInvariant(text[i]));
            }
        }

        return lower.ToString();
    }

    /// <summary>Whether a character is one of ASCII's 32 marks, which all normal forms drop.</summary>
    public static bool IsAsciiMark(char character) => char.IsAscii(character) && (char.IsPunctuation(character) || char.IsSymbol(character));
}
