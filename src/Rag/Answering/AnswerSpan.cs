using System.Globalization;
using Rag.Documents;

namespace Rag.Answering;

/// <summary>Makes of a reader's span what a person would mark: whole words, brackets closed, no marks at its edges.</summary>
internal static class AnswerSpan
{
    /// <summary>The span, never empty and never longer than the passage allows.</summary>
    /// <param name="text">The document's text.</param>
    /// <param name="within">Where the span may reach.</param>
    /// <param name="span">The reader's span, in the document's text.</param>
    public static TextRange Tidy(string text, TextRange within, TextRange span)
    {
        int start = span.Start, end = span.End;
        while (start > within.Start && Joins(text[start - 1], text[start]))
        {
            start--;
        }

        while (end < within.End && Joins(text[end - 1], text[end]))
        {
            end++;
        }

        int first = start, last = end;
        while (last > first && (char.IsWhiteSpace(text[last - 1]) || text[last - 1] is '.' or ',' or ';' or ':' or '*' or '_'))
        {
            last--;
        }

        while (first < last && (char.IsWhiteSpace(text[first]) || text[first] is ',' or ';' or ':' or '*' or '_'))
        {
            first++;
        }

        // "Alfred Wegener's theory": the answer to "whose" is the name.
        bool owned = last < within.End && char.IsWhiteSpace(text[last]);
        if (owned && last - first > 2 && text[last - 1] == 's' && text[last - 2] is '\'' or '’' && IsOfWord(text[last - 3]))
        {
            last -= 2;
        }

        if (first == last)
        {
            return new TextRange(start, end);
        }

        ReadOnlySpan<char> words = text.AsSpan(first, last - first);
        bool opened = words.Count('(') > words.Count(')') && last < within.End && text[last] == ')';
        return new TextRange(first, opened ? last + 1 : last);
    }

    /// <summary>Whether two characters are of one word, or one character.</summary>
    private static bool Joins(char left, char right) => (IsOfWord(left) && IsOfWord(right)) || char.IsSurrogatePair(left, right);

    /// <summary>Letters and digits with the marks that combine with them.</summary>
    private static bool IsOfWord(char character) =>
        char.IsLetterOrDigit(character) || char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
