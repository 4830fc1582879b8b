namespace Rag.Runtime.Generation.Speculation.Drafters;

/// <summary>
/// Guesses that the sequence goes on as it did where its last tokens stood before (prompt lookup decoding, Saxena 2023): behind the
/// first occurrence of the longest n-gram, as transformers has it; a copy that goes on is followed. Of people's answers copied from
/// five passages the first occurrence was right more often than the latest or the most frequent continuation. Not thread-safe.
/// </summary>
internal sealed class PromptLookup(int minNgram, int maxNgram) : IDrafter, IDisposable
{
    private const int MostMatched = 32;
    private readonly NgramPositions _positions = new();

    // Ends of n-grams that were added.
    private int _indexed;

    // Where the copy that goes on stands, and how many tokens agreed before.
    private int _source = -1;
    private int _followed;
    private int _seen;

    public void Guess(ReadOnlySpan<int> sequence, Draft draft)
    {
        Follow(sequence);
        Index(sequence);
        (int source, int matched) = Find(sequence);
        if (source >= 0 && (_source < 0 || matched > _followed))
        {
            (_source, _followed) = (source, matched);
        }

        if (_source < 0)
        {
            return;
        }

        // A copy of what is just being written goes round.
        int period = sequence.Length - _source;
        for (int i = 0; !draft.IsFull; i++)
        {
            draft.Add(sequence[_source + (i % period)], DraftLevel.Lookup(_followed + i));
        }
    }

    public void Dispose() => _positions.Dispose();

    private void Follow(ReadOnlySpan<int> sequence)
    {
        for (; _source >= 0 && _seen < sequence.Length; _seen++)
        {
            (_source, _followed) = sequence[_source] == sequence[_seen] ? (_source + 1, Math.Min(_followed + 1, MostMatched)) : (-1, 0);
        }

        _seen = sequence.Length;
    }

    // The n-grams that something follows.
    private void Index(ReadOnlySpan<int> sequence)
    {
        _positions.Reserve((sequence.Length - _indexed) * (maxNgram - minNgram + 1), sequence);
        for (int end = _indexed + 1; end < sequence.Length; end++)
        {
            for (int size = minNgram; size <= Math.Min(maxNgram, end); size++)
            {
                _positions.Add(sequence, end, size);
            }

            _indexed = end;
        }
    }

    private (int Source, int Matched) Find(ReadOnlySpan<int> sequence)
    {
        for (int size = Math.Min(maxNgram, sequence.Length - 1); size >= minNgram; size--)
        {
            int source = _positions.Find(sequence, sequence[^size..]);
            if (source >= 0)
            {
                return (source, Matched(sequence, source, size));
            }
        }

        return (-1, 0);
    }

    private static int Matched(ReadOnlySpan<int> sequence, int source, int known)
    {
        while (known < MostMatched && known < source && sequence[source - 1 - known] == sequence[sequence.Length - 1 - known])
        {
            known++;
        }

        return known;
    }
}
