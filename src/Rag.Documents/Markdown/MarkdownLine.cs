namespace Rag.Documents;

/// <summary>What one line of Markdown is by itself; each question reads the line at most once (CommonMark 0.31.2, GFM tables).</summary>
internal static class MarkdownLine
{
    /// <summary>The rank of an ATX heading, or 0.</summary>
    public static int AtxLevel(ReadOnlySpan<char> line)
    {
        int level = 0;
        while (level < line.Length && line[level] == '#')
        {
            level++;
        }

        return level is >= 1 and <= 6 && (level == line.Length || line[level] is ' ' or '\t') ? level : 0;
    }

    /// <summary>The rank that a line of signs gives the paragraph above it, or 0.</summary>
    public static int SetextLevel(ReadOnlySpan<char> line)
    {
        line = line.TrimEnd();
        return line.IsEmpty ? 0 : line.IndexOfAnyExcept('=') < 0 ? 1 : line.IndexOfAnyExcept('-') < 0 ? 2 : 0;
    }

    /// <summary>Length of a fence of code, or 0; <paramref name="sign"/> is what it is made of.</summary>
    public static int Fence(ReadOnlySpan<char> line, out char sign)
    {
        sign = line.IsEmpty ? '\0' : line[0];
        if (sign is not ('`' or '~'))
        {
            return 0;
        }

        int length = line.IndexOfAnyExcept(sign);
        length = length < 0 ? line.Length : length;
        return length < 3 || (sign == '`' && line[length..].Contains('`')) ? 0 : length;
    }

    /// <summary>Length of a list marker with the white space after it, or 0.</summary>
    public static int ListMarker(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
        {
            return 0;
        }

        int length = 0;
        if (line[0] is '-' or '*' or '+')
        {
            length = 1;
        }
        else
        {
            while (length < line.Length && length < 9 && char.IsAsciiDigit(line[length]))
            {
                length++;
            }

            length = length > 0 && length < line.Length && line[length] is '.' or ')' ? length + 1 : 0;
        }

        return length == 0 ? 0 : length == line.Length ? length : line[length] is ' ' or '\t' ? length + 1 : 0;
    }

    /// <summary>Whether it is a thematic break: three or more of one sign and nothing else.</summary>
    public static bool IsBreak(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty || line[0] is not ('-' or '*' or '_'))
        {
            return false;
        }

        int signs = 0;
        foreach (char c in line)
        {
            if (c == line[0])
            {
                signs++;
            }
            else if (c is not (' ' or '\t'))
            {
                return false;
            }
        }

        return signs >= 3;
    }

    /// <summary>Whether it is the line of dashes under the head of a table.</summary>
    public static bool IsTableRule(ReadOnlySpan<char> line)
    {
        bool dash = false, pipe = false;
        foreach (char c in line)
        {
            dash |= c == '-';
            pipe |= c == '|';
            if (c is not ('-' or '|' or ':' or ' ' or '\t'))
            {
                return false;
            }
        }

        return dash && pipe;
    }
}
