using System.Text;

namespace Rag.Tokenizers.ChatTemplates.Runtime;

/// <summary>Python's upper, lower, title and capitalize, with the two special casings that text meets.</summary>
internal static class CaseRules
{
    public static string Upper(string text) => text.Replace("ß", "SS", StringComparison.Ordinal).ToUpperInvariant();

    public static string Lower(string text) => text.Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    public static string Capitalize(string text) => text.Length == 0 ? text : Upper(text[..1]) + Lower(text[1..]);

    /// <summary>As Jinja has it: a word begins at the start and after white space, "-", "(", "{", "[" and "&lt;".</summary>
    public static string Title(string text)
    {
        var titled = new StringBuilder(text.Length);
        bool begins = true;
        foreach (char c in text)
        {
            titled.Append(begins ? Upper(c.ToString()) : Lower(c.ToString()));
            begins = char.IsWhiteSpace(c) || c is '-' or '(' or '{' or '[' or '<';
        }

        return titled.ToString();
    }
}
