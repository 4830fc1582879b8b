namespace Rag.Runtime.Reading;

/// <summary>A run of a passage's tokens that is read at once.</summary>
/// <param name="Passage">The passage's number.</param>
/// <param name="Start">Its first token.</param>
/// <param name="Count">Its tokens, at least 1.</param>
internal readonly record struct PassageWindow(int Passage, int Start, int Count)
{
    /// <summary>Windows over a passage, in order; none over a passage without tokens.</summary>
    /// <param name="passage">Its number.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="room">The most tokens of a window, at least 1.</param>
    /// <param name="overlap">Tokens that neighbours share, less than <paramref name="room"/>.</param>
    public static IEnumerable<PassageWindow> Over(int passage, int tokens, int room, int overlap)
    {
        for (int start = 0; start < tokens; start += room - overlap)
        {
            int count = Math.Min(room, tokens - start);
            yield return new PassageWindow(passage, start, count);
            if (start + count == tokens)
            {
                yield break;
            }
        }
    }
}
