using System.Globalization;

namespace Rag.Index.Text;

/// <summary>
/// For source code and texts about it: a name written of several words (camelCase, snake_case, dotted.names, HTTPServer2) gives the
/// whole without its separators and each of its words, all at one position, so that it is found by either and counts once in a text's
/// length. Everything else, and each of these terms, goes through another analyzer.
/// </summary>
/// <param name="words">Turns words into terms; <see cref="StandardAnalyzer"/> where null.</param>
public sealed class CodeAnalyzer(ITextAnalyzer? words = null) : ITextAnalyzer
{
    /// <summary>UTF-16 units of the longest name that is taken apart; a longer run (encoded bytes, mostly) is one word.</summary>
    public const int MaxNameLength = 256;

    private readonly ITextAnalyzer _words = words ?? new StandardAnalyzer();

    /// <inheritdoc/>
    public string Fingerprint => $"code-1({_words.Fingerprint})";

    /// <inheritdoc/>
    public void Analyze(ReadOnlySpan<char> text, ITermSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        int plain = 0;
        for (int at = 0; at < text.Length;)
        {
            if (!IsNameCharacter(text[at]))
            {
                at++;
                continue;
            }

            int end = NameEnd(text, at);
            if (end - at <= MaxNameLength && PartEnd(text[at..end], 0) < end - at)
            {
                _words.Analyze(text[plain..at], sink);
                AddName(text[at..end], sink);
                end += PossessiveLength(text[end..]);
                plain = end;
            }

            at = end;
        }

        _words.Analyze(text[plain..], sink);
    }

    private void AddName(ReadOnlySpan<char> name, ITermSink sink)
    {
        OnePositionSink terms = new(sink);
        Span<char> whole = stackalloc char[MaxNameLength];
        int length = 0;
        foreach (char character in name)
        {
            if (character is not ('_' or '.'))
            {
                whole[length++] = character;
            }
        }

        _words.Analyze(whole[..length], terms);
        for (int start = 0, end; start < name.Length; start = end)
        {
            end = PartEnd(name, start);
            ReadOnlySpan<char> part = name[start..end].Trim("_.");
            if (part.Length < length)
            {
                _words.Analyze(part, terms);
            }
        }
    }

    // Letters, digits, marks, underscores; a dot only between two of them.
    private static int NameEnd(ReadOnlySpan<char> text, int start)
    {
        int end = start + 1;
        while (end < text.Length && (IsNameCharacter(text[end]) || (text[end] == '.' && end + 1 < text.Length && IsNameCharacter(text[end + 1]))))
        {
            end++;
        }

        return end;
    }

    // Where the part that begins at start gives way to the next; separators end the part before them.
    private static int PartEnd(ReadOnlySpan<char> name, int start)
    {
        int end = start;
        while (end < name.Length && name[end] is '_' or '.')
        {
            end++;
        }

        for (end++; end < name.Length; end++)
        {
            char last = name[end - 1], next = name[end];
            bool separator = next is '_' or '.';
            bool hump = char.IsLower(last) && char.IsUpper(next);
            bool digits = (char.IsDigit(last) && char.IsLetter(next)) || (char.IsLetter(last) && char.IsDigit(next));
            bool capital = char.IsUpper(last) && char.IsUpper(next) && end + 1 < name.Length && char.IsLower(name[end + 1]);
            if (separator || hump || digits || capital)
            {
                break;
            }
        }

        // Separators at the end belong to no further part.
        return name[Math.Min(end, name.Length)..].ContainsAnyExcept('_', '.') ? end : name.Length;
    }

    private static bool IsNameCharacter(char character) =>
        character == '_' || char.IsLetterOrDigit(character) || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static int PossessiveLength(ReadOnlySpan<char> rest) =>
        rest.Length > 1 && rest[0] is '\'' or '\u2019' && rest[1] is 's' or 'S' && (rest.Length == 2 || !IsNameCharacter(rest[2])) ? 2 : 0;
}
