using System.Text;
using Rag.Chunks;

namespace Rag.Chunking;

/// <summary>Follows the headings of a document and bounds what a path of them may cost.</summary>
internal sealed class HeadingTrail(ITokenCounter counter, string? title, int maxTokens)
{
    private const int MaxHeadingCharacters = 200;
    private readonly List<(int Level, string Text)> _open = [];
    private readonly string _title = Normalize(title);

    /// <summary>The path before the first heading.</summary>
    public HeadingPath Root => Bound(_title.Length == 0 ? [] : [_title]);

    /// <summary>The path under a heading.</summary>
    public HeadingPath Enter(int level, ReadOnlySpan<char> heading)
    {
        _open.RemoveAll(open => open.Level >= level);
        string text = Normalize(heading);
        if (text.Length > 0)
        {
            _open.Add((level, text));
        }

        List<string> parts = [.. _open.Select(open => open.Text)];
        if (_title.Length > 0 && !parts.Contains(_title, StringComparer.OrdinalIgnoreCase))
        {
            parts.Insert(0, _title);
        }

        return Bound(parts);
    }

    /// <summary>What two paths share, for sections that are joined.</summary>
    public HeadingPath Common(HeadingPath first, HeadingPath second) =>
        Bound([.. first.Parts.Zip(second.Parts).TakeWhile(pair => pair.First == pair.Second).Select(pair => pair.First)]);

    /// <summary>Drops headings between the outermost and the innermost, then the outermost, then the end of the last one, until it fits.</summary>
    private HeadingPath Bound(List<string> parts)
    {
        while (parts.Count > 0)
        {
            string path = string.Join(" > ", parts) + "\n";
            int tokens = counter.Count(path);
            if (tokens <= maxTokens)
            {
                return new HeadingPath(parts, tokens);
            }

            if (parts.Count > 1)
            {
                parts.RemoveAt(parts.Count > 2 ? 1 : 0);
                continue;
            }

            int length = counter.PrefixLength(parts[0], maxTokens - 1);
            length = length <= 0 ? 0 : Math.Min(parts[0].Length - 1, Graphemes.Previous(parts[0], 0, length));
            parts = length == 0 ? [] : [parts[0][..length]];
        }

        return HeadingPath.Empty;
    }

    /// <summary>One line without the marks of Markdown, of bounded length.</summary>
    private static string Normalize(ReadOnlySpan<char> heading)
    {
        heading = WithoutUnderline(heading[..Math.Min(heading.Length, 4 * MaxHeadingCharacters)].Trim()).Trim('#').Trim();
        StringBuilder line = new(Math.Min(heading.Length, MaxHeadingCharacters));
        bool space = false;
        foreach (char c in heading)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
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

        string text = line.ToString();
        return text.Length <= MaxHeadingCharacters ? text : text[..Graphemes.Previous(text, 0, MaxHeadingCharacters)].TrimEnd();
    }

    private static ReadOnlySpan<char> WithoutUnderline(ReadOnlySpan<char> heading)
    {
        int last = heading.LastIndexOf('\n') + 1;
        return last > 0 && heading[last..].TrimStart() is ['=' or '-', ..] underline && !underline.ContainsAnyExcept(underline[0]) ? heading[..last] : heading;
    }
}
