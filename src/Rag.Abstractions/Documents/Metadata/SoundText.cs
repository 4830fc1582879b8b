namespace Rag.Documents;

/// <summary>Text that has a form in UTF-8.</summary>
internal static class SoundText
{
    /// <summary>The text, unless it holds half a surrogate pair.</summary>
    public static string Require(string text, string what) =>
        IsSound(text) ? text : throw new ArgumentException($"A {what} holds half a surrogate pair.", nameof(text));

    /// <summary>Whether every surrogate has its other half.</summary>
    public static bool IsSound(ReadOnlySpan<char> text)
    {
        for (int i = text.IndexOfAnyInRange('\uD800', '\uDFFF'); i >= 0 && i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return false;
                }

                i++;
            }
        }

        return true;
    }
}
