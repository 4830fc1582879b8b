using System.Text;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>What a quote is, what may stand around quotes, and the limits of a <see cref="QuoteConstraint"/>.</summary>
public sealed class QuoteConstraintOptions
{
    internal const string IdPlaceholder = "{id}";

    /// <summary>
    /// What opens a quote; “ by default: models write it, readers know it, and sources that have straight marks instead can be quoted whole.
    /// One character, or printable ASCII of at most 32 characters of which the first comes once, such as &lt;quote>.
    /// </summary>
    public string OpeningMark { get; set; } = "“";

    /// <summary>
    /// What closes a quote, of the same form; ” by default. May be the opening mark again. The first one behind an opening mark closes the quote: a
    /// passage that holds it can be quoted up to it and behind it, never across.
    /// </summary>
    public string ClosingMark { get; set; } = "”";

    /// <summary>
    /// What must stand right behind the closing mark, with {id} for the id of a source that holds the quote, such as " [{id}]"; null (default) for nothing. A
    /// quote is then of the source that is named. No reference may be the beginning of another.
    /// </summary>
    public string? Reference { get; set; }

    /// <summary>
    /// Characters that the free text may not have, beside the marks themselves, so that whatever looks like a quote is one. By default every other
    /// double quotation mark of Unicode; single ones stay, since they are apostrophes too.
    /// </summary>
    public string ForbiddenInFreeText { get; set; } = "\"„‟“”«»「」『』〝〞〟＂";

    /// <summary>Whether text of any kind may stand around quotes; true by default. False for quotes alone.</summary>
    public bool AllowFreeText { get; set; } = true;

    /// <summary>What stands between two quotes where there is no free text; a line break by default. May be empty; without the marks.</summary>
    public string Separator { get; set; } = "\n";

    /// <summary>Whether a text without a quote is refused, other than <see cref="Refusal"/>; true by default. Quotes alone have at least one in any case.</summary>
    public bool RequireQuote { get; set; } = true;

    /// <summary>A text that is always allowed as the whole; null (default) for none.</summary>
    public string? Refusal { get; set; }

    /// <summary>The most quotes of a text; 8 by default.</summary>
    public int MaxQuotes { get; set; } = 8;

    /// <summary>The shortest quote in UTF-16 code units; 10 by default, since shorter ones are found anywhere and show nothing.</summary>
    public int MinQuoteCharacters { get; set; } = 10;

    /// <summary>The longest quote in UTF-16 code units; 600 by default.</summary>
    public int MaxQuoteCharacters { get; set; } = 600;

    /// <summary>
    /// Whether quotes begin and end where words do; true by default. Words are runs of letters, digits and their marks, with apostrophes and decimal
    /// points within them; scripts that put no space between words (Chinese, kana, Thai and its kin) are cut between any two characters, and
    /// a run of more than 64 code units is too. Without it quotes are cut between graphemes.
    /// </summary>
    public bool WholeWords { get; set; } = true;

    /// <summary>The most sources; 1,000 by default.</summary>
    public int MaxSources { get; set; } = 1_000;

    /// <summary>The most UTF-16 code units of all sources together; 1,000,000 by default, for which compiling takes some 20 MB, of which 2 are kept where they are ASCII.</summary>
    public int MaxSourceCharacters { get; set; } = 1_000_000;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ValidateMark(OpeningMark, nameof(OpeningMark));
        ValidateMark(ClosingMark, nameof(ClosingMark));
        ArgumentNullException.ThrowIfNull(ForbiddenInFreeText);
        ArgumentNullException.ThrowIfNull(Separator);
        if (OpeningMark != ClosingMark && (OpeningMark.Contains(ClosingMark, StringComparison.Ordinal) || ClosingMark.Contains(OpeningMark, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"{nameof(OpeningMark)} and {nameof(ClosingMark)} must be the same, or neither part of the other.", nameof(ClosingMark));
        }

        if (Separator.Length > 32 || ForbiddenInFreeText.Length > 32 || !IsText(Separator) || !IsText(ForbiddenInFreeText) || Refusal is not null && !IsText(Refusal))
        {
            throw new ArgumentException($"{nameof(Separator)} may have 32 characters, {nameof(ForbiddenInFreeText)} 32, and these and {nameof(Refusal)} no half of a surrogate pair.");
        }

        if (Separator.Contains(OpeningMark, StringComparison.Ordinal) || Separator.Contains(ClosingMark, StringComparison.Ordinal))
        {
            throw new ArgumentException($"{nameof(Separator)} holds a mark.", nameof(Separator));
        }

        if (Reference is not null && (Reference.Length > 64 || !IsText(Reference) || !Reference.Contains(IdPlaceholder, StringComparison.Ordinal)))
        {
            throw new ArgumentException($"{nameof(Reference)} must hold {IdPlaceholder} and have at most 64 characters, no half of a surrogate pair among them, or be null.", nameof(Reference));
        }

        if (Refusal is { Length: 0 or > 1000 })
        {
            throw new ArgumentException($"{nameof(Refusal)} must have 1 to 1,000 characters, or be null.", nameof(Refusal));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuotes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinQuoteCharacters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxQuoteCharacters, MinQuoteCharacters);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSources, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSourceCharacters, 1);

        // Three bytes for each at most, so that every index is an int.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxSourceCharacters, 200_000_000);
    }

    private static void ValidateMark(string mark, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(mark, name);
        bool character = IsText(mark) && mark.EnumerateRunes().Count() == 1 && !char.IsWhiteSpace(mark[0]) && !char.IsControl(mark[0]);
        bool ascii = mark.Length <= 32 && mark.All(c => c is > ' ' and < '\x7F') && mark.LastIndexOf(mark[0]) == 0;
        if (!character && !ascii)
        {
            throw new ArgumentException($"{name} must be one visible character, or printable ASCII of at most 32 characters of which the first comes once.", name);
        }
    }

    private static bool IsText(string text)
    {
        for (int i = 0; i < text.Length; i += char.IsSurrogate(text[i]) ? 2 : 1)
        {
            if (char.IsSurrogate(text[i]) && !Rune.TryGetRuneAt(text, i, out _))
            {
                return false;
            }
        }

        return true;
    }
}
