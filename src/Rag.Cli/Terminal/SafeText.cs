using System.Buffers;
using System.Globalization;
using System.Text;

namespace Rag.Cli.Terminal;

/// <summary>
/// Makes text from documents and models harmless to a terminal: escape sequences, other control characters and characters
/// that turn the reading direction around become visible signs. Line breaks and tabs stay.
/// </summary>
internal static class SafeText
{
    // Bidirectional controls of UAX #9, and the line separators that some terminals obey.
    private const string Deceivers = "\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u2028\u2029";

    private static readonly SearchValues<char> Suspects = SearchValues.Create(
        string.Concat(Enumerable.Range(0, 0xA0).Where(code => char.IsControl((char)code) && code is not ('\n' or '\t')).Select(code => (char)code)) + Deceivers);

    /// <summary>Whether a JSON text should carry this character as an escape.</summary>
    public static bool IsDeceiver(char character) => Deceivers.Contains(character, StringComparison.Ordinal);

    /// <summary>The text with every dangerous character replaced, over as many lines as it has.</summary>
    public static string Lines(string text)
    {
        if (!text.AsSpan().ContainsAny(Suspects))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char character = text[i];
            if (character == '\r')
            {
                if (i + 1 == text.Length || text[i + 1] != '\n')
                {
                    safe.Append('\n');
                }
            }
            else if (Suspects.Contains(character))
            {
                safe.Append(Sign(character));
            }
            else
            {
                safe.Append(character);
            }
        }

        return safe.ToString();
    }

    /// <summary>The text on one line: every run of white space becomes one blank.</summary>
    public static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (char character in Lines(text))
        {
            if (!char.IsWhiteSpace(character))
            {
                line.Append(character);
            }
            else if (line.Length > 0 && line[^1] != ' ')
            {
                line.Append(' ');
            }
        }

        return line.ToString().TrimEnd(' ');
    }

    // C0 has its own pictures (U+2400 and on); the rest is named by code.
    private static string Sign(char character) => character switch
    {
        < ' ' => ((char)('\u2400' + character)).ToString(),
        '\u007F' => "\u2421",
        _ => string.Create(CultureInfo.InvariantCulture, $"<U+{(int)character:X4}>"),
    };
}
