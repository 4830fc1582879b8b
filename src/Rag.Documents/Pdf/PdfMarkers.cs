namespace Rag.Documents;

/// <summary>Knows what stands before an item of a list.</summary>
internal static class PdfMarkers
{
    private const string Bullets = "•◦▪▫■□●○‣⁃–—-*·∙➢➤❖✓";

    /// <summary>Whether the text is a marker and nothing else.</summary>
    public static bool IsAlone(string text) => (text.Length == 1 && Bullets.Contains(text[0])) || (text.Length <= 4 && NumberLength(text) == text.Length);

    /// <summary>Whether the text begins with a marker and goes on.</summary>
    public static bool Begins(string text)
    {
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        return space is > 0 and <= 4 && IsAlone(text[..space]);
    }

    private static int NumberLength(string text)
    {
        int start = text.Length > 0 && text[0] == '(' ? 1 : 0;
        int digits = 0;
        while (start + digits < text.Length && char.IsAsciiDigit(text[start + digits]))
        {
            digits++;
        }

        if (digits == 0 && start < text.Length && char.IsAsciiLetterLower(text[start]))
        {
            digits = 1;
        }

        return digits > 0 && start + digits < text.Length && (text[start + digits] == ')' || (text[start + digits] == '.' && start == 0)) ? start + digits + 1 : 0;
    }
}
