using System.Text;

namespace Rag.Documents;

/// <summary>
/// Brings a relative path to the form of a document id: forward slashes and composed letters. Composition (Unicode NFC for Hangul,
/// kana and the Latin letters of Europe) is done here and not by <see cref="string.Normalize()"/>, which leaves text as it is in a
/// process with invariant globalization: the id of a file must not depend on its host.
/// </summary>
internal static class DocumentIdText
{
    private const string Marks = "\u0300\u0301\u0302\u0303\u0308\u030A\u030C\u0327\u0328\u0304\u0306\u0307\u030B";

    // For each mark the base letters, then what they become.
    private static readonly string[] Latin =
    [
        "AEIOUaeiouNn", "ÀÈÌÒÙàèìòùǸǹ",
        "AEIOUYaeiouyCcLlNnRrSsZz", "ÁÉÍÓÚÝáéíóúýĆćĹĺŃńŔŕŚśŹź",
        "AEIOUaeiouCcGgHhJjSsWwYy", "ÂÊÎÔÛâêîôûĈĉĜĝĤĥĴĵŜŝŴŵŶŷ",
        "ANOanoIiUu", "ÃÑÕãñõĨĩŨũ",
        "AEIOUaeiouyY", "ÄËÏÖÜäëïöüÿŸ",
        "AaUu", "ÅåŮů",
        "CcDdEeNnRrSsTtZz", "ČčĎďĚěŇňŘřŠšŤťŽž",
        "CcGgKkLlNnRrSsTt", "ÇçĢģĶķĻļŅņŖŗŞşŢţ",
        "AaEeIiUu", "ĄąĘęĮįŲų",
        "AaEeIiOoUu", "ĀāĒēĪīŌōŪū",
        "AaEeGgIiOoUu", "ĂăĔĕĞğĬĭŎŏŬŭ",
        "CcEeGgIZz", "ĊċĖėĠġİŻż",
        "OoUu", "ŐőŰű",
    ];

    /// <summary>The id of the file at a relative path.</summary>
    public static string FromRelativePath(string path)
    {
        string slashed = Path.DirectorySeparatorChar == '\\' ? path.Replace('\\', '/') : path;
        return TextCleaner.ReplaceLoneSurrogates(Compose(slashed));
    }

    /// <summary>The text with letters and the marks that follow them joined.</summary>
    public static string Compose(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\u0300', '\u036F') && !text.AsSpan().ContainsAnyInRange('\u1100', '\u11FF') && !text.AsSpan().ContainsAny('\u3099', '\u309A'))
        {
            return text;
        }

        var composed = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            char joined = composed.Length > 0 ? Join(composed[^1], c) : '\0';
            if (joined != '\0')
            {
                composed[^1] = joined;
            }
            else
            {
                composed.Append(c);
            }
        }

        return composed.ToString();
    }

    private static char Join(char first, char second)
    {
        // Hangul: Unicode Standard 3.12.
        if (first is >= '\u1100' and <= '\u1112' && second is >= '\u1161' and <= '\u1175')
        {
            return (char)(0xAC00 + ((((first - 0x1100) * 21) + (second - 0x1161)) * 28));
        }

        if (first is >= '\uAC00' and <= '\uD7A3' && (first - 0xAC00) % 28 == 0 && second is > '\u11A7' and <= '\u11C2')
        {
            return (char)(first + (second - 0x11A7));
        }

        if (second == '\u3099')
        {
            return first is 'う' ? 'ゔ' : first is 'ウ' ? 'ヴ' : "かきくけこさしすせそたちつてとはひふへほカキクケコサシスセソタチツテトハヒフヘホ".Contains(first) ? (char)(first + 1) : '\0';
        }

        if (second == '\u309A')
        {
            return "はひふへほハヒフヘホ".Contains(first) ? (char)(first + 2) : '\0';
        }

        int mark = Marks.IndexOf(second, StringComparison.Ordinal);
        int at = mark < 0 ? -1 : Latin[2 * mark].IndexOf(first, StringComparison.Ordinal);
        return at < 0 ? '\0' : Latin[(2 * mark) + 1][at];
    }
}
