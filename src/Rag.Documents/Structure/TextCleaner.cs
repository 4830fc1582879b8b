using System.Text;

namespace Rag.Documents;

/// <summary>Makes text that came from outside safe to hold: no lone surrogates, no control characters, "\n" as the only line end.</summary>
internal static class TextCleaner
{
    /// <summary>The text without white space at its ends, with <c>\n</c> line ends, U+FFFD for lone surrogates and no other controls.</summary>
    public static string Clean(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        int fault = FirstFault(text);
        if (fault < 0)
        {
            return text.ToString();
        }

        var clean = new StringBuilder(text.Length).Append(text[..fault]);
        for (int i = fault; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                clean.Append(c).Append(text[++i]);
            }
            else if (char.IsSurrogate(c))
            {
                clean.Append('\uFFFD');
            }
            else if (c == '\r')
            {
                if (i + 1 >= text.Length || text[i + 1] != '\n')
                {
                    clean.Append('\n');
                }
            }
            else if (c is '\n' or '\t' || !char.IsControl(c))
            {
                clean.Append(c);
            }
        }

        return clean.ToString().Trim();
    }

    /// <summary>The text on one line: every run of white space becomes one space.</summary>
    public static string OneLine(ReadOnlySpan<char> text)
    {
        var line = new StringBuilder(text.Length);
        bool space = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                space = line.Length > 0;
                continue;
            }

            if (space)
            {
                line.Append(' ');
                space = false;
            }

            line.Append(c);
        }

        return line.ToString();
    }

    /// <summary>U+FFFD for every lone surrogate and nothing else changed; the same instance where there is none.</summary>
    public static string ReplaceLoneSurrogates(string text)
    {
        char[]? changed = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
                continue;
            }

            changed ??= text.ToCharArray();
            changed[i] = '\uFFFD';
        }

        return changed is null ? text : new string(changed);
    }

    private static int FirstFault(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsSurrogate(c) || (char.IsControl(c) && c is not ('\n' or '\t')))
            {
                return i;
            }
        }

        return -1;
    }
}
