namespace Rag.Matching;

/// <summary>Takes the commonest endings off English words, so that "founded" meets "found" and "ships" meets "ship".</summary>
internal static class EnglishEndings
{
    /// <summary>The word without its ending; words that are short or not plain letters stay as they are.</summary>
    public static string Strip(string word)
    {
        if (word.Length < 4 || !word.AsSpan().ContainsAnyInRange('a', 'z'))
        {
            return word;
        }

        string stem = word switch
        {
            [.., 'i', 'e', 's'] => word[..^3] + "y",
            [.., 's', 's'] or [.., 'u', 's'] or [.., 'i', 's'] => word,
            [.., 's'] => word[..^1],
            [.., 'i', 'e', 'd'] => word[..^3] + "y",
            [.., 'e', 'd'] when word.Length > 4 => word[..^2],
            [.., 'i', 'n', 'g'] when word.Length > 5 => word[..^3],
            [.., 'l', 'y'] when word.Length > 5 => word[..^2],
            _ => word,
        };

        // "making" and "make", "stopped" and "stop" meet without their last e and without the doubled letter.
        return stem switch
        {
            [.., 'e'] when stem.Length > 3 => stem[..^1],
            [.., var a, var b] when a == b && stem.Length > 3 && stem.Length < word.Length && a is not ('l' or 's') => stem[..^1],
            _ => stem,
        };
    }
}
