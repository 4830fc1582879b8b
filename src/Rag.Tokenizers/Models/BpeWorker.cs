namespace Rag.Tokenizers.Models;

/// <summary>
/// Runs byte-pair merges. Short words search their few pairs for the lowest rank; long ones keep pairs in a heap, so that a
/// word of n characters costs n log n.
/// </summary>
internal sealed class BpeWorker(BpeModel model) : IModelWorker
{
    private const int HeapFrom = 48;

    private readonly TokenBuffer _symbols = new();
    private readonly WordCache? _sections = model.WordMark != '\0' ? new WordCache() : null;
    private readonly BpeHeap _heap = new();
    private int[] _ranks = new int[HeapFrom];
    private int[] _next = [];
    private int[] _previous = [];

    public void Tokenize(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        if (model.Options.IgnoreMerges && word.Length <= model.Vocabulary.LongestToken
            && model.Vocabulary.Find(word) is var whole && whole >= 0)
        {
            tokens.Add(whole, 0, word.Length);
            return;
        }

        if (_sections is null || word.Length <= 2)
        {
            Merge(word, tokens);
            return;
        }

        TokenizeSections(word, tokens);
    }

    public void Trim(int capacity)
    {
        _symbols.Trim(capacity);
        if (_next.Length > capacity)
        {
            _ranks = new int[HeapFrom];
            _next = _previous = [];
            _heap.Reset();
        }
    }

    private void TokenizeSections(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        char mark = model.WordMark;
        for (int start = 0; start < word.Length;)
        {
            // The next mark that something other than a mark stands before.
            int end = start + 1;
            while (end < word.Length && !(word[end] == mark && word[end - 1] != mark))
            {
                int step = word[end..].IndexOf(mark);
                end = step < 0 ? word.Length : step == 0 ? end + 1 : end + step;
            }

            ReadOnlySpan<char> section = word[start..end];
            int first = tokens.Count;
            if (section.Length > WordCache.LongestWord)
            {
                Merge(section, tokens);
            }
            else if (!_sections!.TryGet(section, tokens, out uint hash))
            {
                Merge(section, tokens);
                _sections.Remember(section, hash, tokens, first);
            }

            if (start > 0)
            {
                Span<int> starts = tokens.Starts;
                Span<int> ends = tokens.Ends;
                for (int i = first; i < tokens.Count; i++)
                {
                    starts[i] += start;
                    ends[i] += start;
                }
            }

            start = end;
        }
    }

    private void Merge(ReadOnlySpan<char> word, TokenBuffer tokens)
    {
        _symbols.Clear();
        Spell(word);
        int count = _symbols.Count;
        if (count > 1)
        {
            count = count < HeapFrom ? MergeBySearch(count) : MergeByHeap(count);
        }

        Span<int> ids = _symbols.Ids;
        Span<int> starts = _symbols.Starts;
        Span<int> ends = _symbols.Ends;
        for (int i = 0; i < count; i++)
        {
            tokens.Add(ids[i], starts[i], ends[i]);
        }
    }

    /// <summary>The word as the tokens of its characters, with byte fallback and unknown tokens where the vocabulary lacks one.</summary>
    private void Spell(ReadOnlySpan<char> word)
    {
        bool decorated = model.Options.ContinuingSubwordPrefix.Length > 0 || model.Options.EndOfWordSuffix.Length > 0;
        int unknownStart = -1;
        int unknownEnd = -1;
        DroppedCharacters? dropped = null;
        for (int at = 0; at < word.Length;)
        {
            int width = char.IsHighSurrogate(word[at]) && at + 1 < word.Length && char.IsLowSurrogate(word[at + 1]) ? 2 : 1;
            int end = at + width;
            int id = decorated ? FindDecorated(word, at, end) : width == 1 ? model.CharacterId(word[at]) : model.Vocabulary.Find(word[at..end]);
            if (id >= 0)
            {
                FlushUnknown(ref unknownStart, unknownEnd);
                (int from, int to) = dropped?.Shift(at, end) ?? (at, end);
                _symbols.Add(id, from, to);
            }
            else if (!SpellBytes(word, at, end))
            {
                if (unknownStart >= 0 && !model.Options.FuseUnknown)
                {
                    FlushUnknown(ref unknownStart, unknownEnd);
                }

                if (model.Options.UnknownToken is not null)
                {
                    unknownStart = unknownStart < 0 ? at : unknownStart;
                    unknownEnd = end;
                }
                else
                {
                    dropped ??= new DroppedCharacters(word);
                    dropped.Drop(at);
                }
            }

            at = end;
        }

        FlushUnknown(ref unknownStart, unknownEnd);
    }

    private void FlushUnknown(ref int start, int end)
    {
        if (start < 0)
        {
            return;
        }

        if (model.UnknownId < 0)
        {
            throw new CorruptException($"{model.Location} names '{model.Options.UnknownToken}' for unknown characters, and its vocabulary lacks that token.", model.Location);
        }

        _symbols.Add(model.UnknownId, start, end);
        start = -1;
    }

    private int FindDecorated(ReadOnlySpan<char> word, int start, int end)
    {
        string text = word[start..end].ToString();
        if (start > 0)
        {
            text = model.Options.ContinuingSubwordPrefix + text;
        }

        if (end == word.Length)
        {
            text += model.Options.EndOfWordSuffix;
        }

        return model.Vocabulary.Find(text);
    }

    private bool SpellBytes(ReadOnlySpan<char> word, int start, int end)
    {
        if (model.ByteIds is not { } byteIds)
        {
            return false;
        }

        // Prefix and suffix belong to the character and are spelt with it.
        string decorated = (start > 0 ? model.Options.ContinuingSubwordPrefix : "") + word[start..end].ToString() + (end == word.Length ? model.Options.EndOfWordSuffix : "");
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(decorated);
        foreach (byte b in bytes)
        {
            if (byteIds[b] < 0)
            {
                return false;
            }
        }

        foreach (byte b in bytes)
        {
            _symbols.Add(byteIds[b], start, end);
        }

        return true;
    }

    private int MergeBySearch(int count)
    {
        Span<int> ids = _symbols.Ids;
        Span<int> starts = _symbols.Starts;
        Span<int> ends = _symbols.Ends;
        Span<int> ranks = _ranks;
        for (int i = 0; i + 1 < count; i++)
        {
            ranks[i] = model.Merges.Rank(ids[i], ids[i + 1], out _);
        }

        while (count > 1)
        {
            int best = 0;
            int bestRank = ranks[0];
            for (int i = 1; i < count - 1; i++)
            {
                if (ranks[i] < bestRank)
                {
                    bestRank = ranks[i];
                    best = i;
                }
            }

            if (bestRank == int.MaxValue)
            {
                break;
            }

            model.Merges.Rank(ids[best], ids[best + 1], out int merged);
            ids[best] = merged;
            ends[best] = ends[best + 1];
            int tail = count - best - 2;
            ids.Slice(best + 2, tail).CopyTo(ids[(best + 1)..]);
            starts.Slice(best + 2, tail).CopyTo(starts[(best + 1)..]);
            ends.Slice(best + 2, tail).CopyTo(ends[(best + 1)..]);
            if (tail > 0)
            {
                ranks.Slice(best + 2, tail - 1).CopyTo(ranks[(best + 1)..]);
            }

            count--;
            if (best + 1 < count)
            {
                ranks[best] = model.Merges.Rank(ids[best], ids[best + 1], out _);
            }

            if (best > 0)
            {
                ranks[best - 1] = model.Merges.Rank(ids[best - 1], ids[best], out _);
            }
        }

        return count;
    }

    private int MergeByHeap(int count)
    {
        Reserve(count);
        Span<int> ids = _symbols.Ids;
        Span<int> starts = _symbols.Starts;
        Span<int> ends = _symbols.Ends;
        for (int i = 0; i < count; i++)
        {
            _previous[i] = i - 1;
            _next[i] = i + 1;
            _ranks[i] = i + 1 < count ? model.Merges.Rank(ids[i], ids[i + 1], out _) : int.MaxValue;
            if (_ranks[i] != int.MaxValue)
            {
                _heap.Push(_ranks[i], i);
            }
        }

        while (_heap.TryPop(out int rank, out int at))
        {
            // An entry whose pair has changed since has another rank now: a rank belongs to one pair.
            if (_ranks[at] != rank)
            {
                continue;
            }

            int right = _next[at];
            model.Merges.Rank(ids[at], ids[right], out int merged);
            ids[at] = merged;
            ends[at] = ends[right];
            _ranks[right] = int.MaxValue;
            int after = _next[right];
            _next[at] = after;
            if (after < count)
            {
                _previous[after] = at;
            }

            Refresh(ids, at, count);
            if (_previous[at] >= 0)
            {
                Refresh(ids, _previous[at], count);
            }
        }

        int kept = 0;
        for (int i = 0; i < count; i = _next[i])
        {
            (ids[kept], starts[kept], ends[kept]) = (ids[i], starts[i], ends[i]);
            kept++;
        }

        return kept;
    }

    private void Refresh(Span<int> ids, int at, int count)
    {
        int right = _next[at];
        int rank = right < count ? model.Merges.Rank(ids[at], ids[right], out _) : int.MaxValue;
        _ranks[at] = rank;
        if (rank != int.MaxValue)
        {
            _heap.Push(rank, at);
        }
    }

    private void Reserve(int count)
    {
        if (_next.Length < count)
        {
            int size = (int)Math.Min(Array.MaxLength, Math.Max(count, 2L * _next.Length));
            _next = new int[size];
            _previous = new int[size];
            _ranks = new int[size];
        }
    }
}
