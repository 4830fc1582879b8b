namespace Rag.Index.Text;

/// <summary>
/// Stems of words met before: a text repeats few words often, and reducing one costs more than comparing it. A word takes one of
/// 8,192 places and puts out what stood there. Safe for concurrent use without a lock: a place holds a whole pair or none.
/// </summary>
internal sealed class StemMemory
{
    private const int Places = 8192;

    private readonly Pair?[] _pairs = new Pair?[Places];

    /// <summary>The stem of a lower-case word in ASCII, which may be taken apart.</summary>
    public ReadOnlySpan<char> Stem(Span<char> word)
    {
        ref Pair? place = ref _pairs[string.GetHashCode(word) & (Places - 1)];
        Pair? pair = Volatile.Read(ref place);
        if (pair is null || !word.SequenceEqual(pair.Word))
        {
            string given = word.ToString();
            pair = new(given, word[..Porter2Stemmer.Stem(word, word.Length)].ToString());
            Volatile.Write(ref place, pair);
        }

        return pair.Stem;
    }

    private sealed record Pair(string Word, string Stem);
}
