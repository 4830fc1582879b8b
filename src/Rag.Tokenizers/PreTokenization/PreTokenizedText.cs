using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.PreTokenization;

/// <summary>A normalized text and the pieces it has been split into so far. Reused; not safe for concurrent use.</summary>
internal sealed class PreTokenizedText(AlignedText text)
{
    private readonly List<(int Start, int End)> _matches = [];
    private readonly List<(int Start, int End, bool IsMatch)> _events = [];
    private List<Piece> _pieces = [];
    private List<Piece> _next = [];

    public AlignedText Text { get; } = text;

    public List<Piece> Pieces => _pieces;

    public void Reset()
    {
        _pieces.Clear();
        _next.Clear();
    }

    /// <summary>Lets go of lists that one huge text left behind.</summary>
    public void Trim(int capacity)
    {
        if (_pieces.Capacity > capacity || _next.Capacity > capacity || _matches.Capacity > capacity)
        {
            Reset();
            _matches.Clear();
            _events.Clear();
            _pieces.Capacity = _next.Capacity = _matches.Capacity = _events.Capacity = 0;
        }
    }

    /// <summary>Adds a piece unless it is empty.</summary>
    public void Add(int start, int end, int tokenId = -1)
    {
        if (end > start)
        {
            _pieces.Add(new Piece(start, end, tokenId));
        }
    }

    /// <summary>Splits every piece that is not an added token by the matches of a rule.</summary>
    public void Split<TMatcher>(TMatcher matcher, SplitBehavior behavior, bool invert)
        where TMatcher : ITextMatcher
    {
        ReadOnlySpan<char> all = Text.Span;
        foreach (Piece piece in _pieces)
        {
            if (piece.IsToken)
            {
                _next.Add(piece);
                continue;
            }

            ReadOnlySpan<char> span = all[piece.Start..piece.End];
            _matches.Clear();
            matcher.Collect(span, _matches);
            if (Cheap(behavior, invert))
            {
                SplitCheaply(piece, behavior);
                continue;
            }

            _events.Clear();
            int previous = 0;
            foreach ((int start, int end) in _matches)
            {
                if (previous != start)
                {
                    _events.Add((previous, start, invert));
                }

                _events.Add((start, end, !invert));
                previous = end;
            }

            if (previous != span.Length)
            {
                _events.Add((previous, span.Length, invert));
            }

            Fold(piece.Start, behavior);
        }

        Swap();
    }

    /// <summary>Rewrites the text piece by piece; <paramref name="rewrite"/> emits the new form of the range it is given.</summary>
    public void Rewrite<TState>(TState state, Action<AlignedText, int, int, TState> rewrite)
    {
        foreach (Piece piece in _pieces)
        {
            int start = Text.NextLength;
            if (piece.IsToken)
            {
                Text.Copy(piece.Start, piece.End);
            }
            else
            {
                rewrite(Text, piece.Start, piece.End, state);
            }

            _next.Add(new Piece(start, Text.NextLength, piece.TokenId));
        }

        Text.Commit();
        Swap();
    }

    private static bool Cheap(SplitBehavior behavior, bool invert) =>
        behavior == SplitBehavior.Isolated || (behavior == SplitBehavior.Removed && invert);

    /// <summary>The two cases of the hot path: every match and every gap a piece, or every match a piece and gaps dropped.</summary>
    private void SplitCheaply(Piece piece, SplitBehavior behavior)
    {
        int previous = 0;
        foreach ((int start, int end) in _matches)
        {
            if (start > previous && behavior == SplitBehavior.Isolated)
            {
                _next.Add(new Piece(piece.Start + previous, piece.Start + start, -1));
            }

            if (end > start)
            {
                _next.Add(new Piece(piece.Start + start, piece.Start + end, -1));
            }

            previous = end;
        }

        if (piece.Start + previous < piece.End && behavior == SplitBehavior.Isolated)
        {
            _next.Add(piece with { Start = piece.Start + previous });
        }
    }

    private void Fold(int origin, SplitBehavior behavior)
    {
        int first = _next.Count;
        bool previousMatch = false;
        if (behavior == SplitBehavior.MergedWithNext)
        {
            for (int i = _events.Count - 1; i >= 0; i--)
            {
                (int start, int end, bool isMatch) = _events[i];
                if (isMatch && !previousMatch && _next.Count > first)
                {
                    _next[^1] = _next[^1] with { Start = origin + start };
                }
                else
                {
                    _next.Add(new Piece(origin + start, origin + end, -1));
                }

                previousMatch = isMatch;
            }

            _next.Reverse(first, _next.Count - first);
        }
        else
        {
            foreach ((int start, int end, bool isMatch) in _events)
            {
                bool merge = behavior switch
                {
                    SplitBehavior.Contiguous => isMatch == previousMatch,
                    SplitBehavior.MergedWithPrevious => isMatch && !previousMatch,
                    _ => false,
                };
                if (merge && _next.Count > first)
                {
                    _next[^1] = _next[^1] with { End = origin + end };
                }
                else if (behavior != SplitBehavior.Removed || !isMatch)
                {
                    _next.Add(new Piece(origin + start, origin + end, -1));
                }

                previousMatch = isMatch;
            }
        }

        int kept = first;
        for (int i = first; i < _next.Count; i++)
        {
            if (_next[i].End > _next[i].Start)
            {
                _next[kept++] = _next[i];
            }
        }

        _next.RemoveRange(kept, _next.Count - kept);
    }

    private void Swap()
    {
        (_pieces, _next) = (_next, _pieces);
        _next.Clear();
    }
}
