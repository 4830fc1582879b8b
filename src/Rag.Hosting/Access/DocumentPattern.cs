using System.Text;
using System.Text.RegularExpressions;

namespace Rag.Hosting.Access;

/// <summary>
/// A pattern of relative paths with forward slashes: <c>*</c> is anything within one name, <c>**</c> anything, folders too, <c>?</c> one character of a name; what
/// ends in a slash is all that lies below. Letters count as they are written.
/// </summary>
internal static class DocumentPattern
{
    /// <summary>Longest pattern, in UTF-16 code units.</summary>
    public const int MaxLength = 1024;

    /// <summary>The pattern as an expression that takes time linear in what it is held against.</summary>
    /// <exception cref="ArgumentException">The pattern is empty or too long, or begins with a slash.</exception>
    public static Regex Create(string pattern)
    {
        if (pattern.Length is 0 or > MaxLength || pattern[0] == '/' || pattern.Contains('\\'))
        {
            throw new ArgumentException($"'{pattern}' is no pattern of documents: it is a path below the folder of documents, with forward slashes and at most {MaxLength} characters.");
        }

        StringBuilder expression = new(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            bool isDouble = pattern[i] == '*' && i + 1 < pattern.Length && pattern[i + 1] == '*';
            if (isDouble && i + 2 < pattern.Length && pattern[i + 2] == '/' && (i == 0 || pattern[i - 1] == '/'))
            {
                // Also no folder at all.
                expression.Append("(?:.*/)?");
                i += 2;
            }
            else if (isDouble)
            {
                expression.Append(".*");
                i++;
            }
            else
            {
                expression.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", _ => Regex.Escape(pattern[i].ToString()) });
            }
        }

        expression.Append(pattern[^1] == '/' ? @".*\z" : @"\z");
        return new(expression.ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline | RegexOptions.CultureInvariant);
    }
}
