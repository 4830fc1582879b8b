namespace Rag.Runtime.Generation.Constraints.Automata;

/// <summary>Counts the texts of a language as far as somebody needs to know.</summary>
internal static class WordCount
{
    /// <summary>Whether a language has so many texts.</summary>
    public static bool AtLeast(ByteLanguage language, int count)
    {
        int found = 0;
        Queue<ByteLanguage> open = new(Liveness.IsLive(language) ? [language] : []);
        while (found + open.Count < count && open.TryDequeue(out ByteLanguage? at))
        {
            found += at.Nullable ? 1 : 0;
            foreach ((ByteLanguage next, int width) in Ways(at))
            {
                for (int i = 0; i < width && found + open.Count < count; i++)
                {
                    open.Enqueue(next);
                }
            }
        }

        // Each one that is open is live, and so at least one more text.
        return found + open.Count >= count;
    }

    private static IEnumerable<(ByteLanguage Next, int Width)> Ways(ByteLanguage language)
    {
        byte[] starts = [.. language.Representatives()];
        for (int i = 0; i < starts.Length; i++)
        {
            if (language.Step(starts[i]) is { Kind: not LanguageKind.Empty } next)
            {
                yield return (next, (i + 1 < starts.Length ? starts[i + 1] : 256) - starts[i]);
            }
        }
    }
}
