namespace Rag.Chunking;

/// <summary>What a line begins with when it starts something new: bullets, numbers, headings, table rows, quotes, fences.</summary>
internal static class LineMarkers
{
    /// <summary>Whether a line, given without its indentation, begins with a marker.</summary>
    public static bool Starts(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty)
        {
            return false;
        }

        if (line[0] is '#' or '|' or '>' or '•' or '◦' or '▪' or '‣' or '·' || line.StartsWith("```", StringComparison.Ordinal))
        {
            return true;
        }

        if (line[0] is '-' or '*' or '+' or '–')
        {
            return line.Length > 1 && line[1] == ' ';
        }

        int digits = line.IndexOfAnyExceptInRange('0', '9');
        return digits is > 0 and <= 3 && digits + 1 < line.Length && line[digits] is '.' or ')' && line[digits + 1] == ' ';
    }
}
