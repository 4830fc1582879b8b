using Rag.Reading;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Reading;

/// <summary>Windows that go through the model together, padded to the longest, and what comes out.</summary>
internal sealed class SpanBatch
{
    private readonly PassageWindow[] _windows;
    private readonly PairLayout _pair;
    private readonly EncodedPassage[] _passages;
    private readonly int _sequence;
    private readonly long[] _ids;
    private readonly long[] _types;
    private readonly long[] _mask;
    private readonly float[] _start;
    private readonly float[] _end;

    public SpanBatch(PassageWindow[] windows, PairLayout pair, EncodedPassage[] passages, int padding)
    {
        (_windows, _pair, _passages) = (windows, pair, passages);
        _sequence = windows.Max(window => pair.Length(window.Count));
        int cells = checked(windows.Length * _sequence);
        (_ids, _types, _mask, _start, _end) = (new long[cells], new long[cells], new long[cells], new float[cells], new float[cells]);
        _ids.AsSpan().Fill(padding);
        for (int row = 0; row < windows.Length; row++)
        {
            (int at, PassageWindow window) = (row * _sequence, windows[row]);
            pair.Write(passages[window.Passage].Ids.AsSpan(window.Start, window.Count), _ids.AsSpan(at, _sequence), _types.AsSpan(at, _sequence));
            _mask.AsSpan(at, pair.Length(window.Count)).Fill(1);
        }
    }

    /// <summary>The start logits of a row, padding left out.</summary>
    public ReadOnlySpan<float> Start(int row) => _start.AsSpan(row * _sequence, _pair.Length(_windows[row].Count));

    /// <summary>The end logits of a row, padding left out.</summary>
    public ReadOnlySpan<float> End(int row) => _end.AsSpan(row * _sequence, _pair.Length(_windows[row].Count));

    /// <summary>The ids of a row, padding left out.</summary>
    public ReadOnlySpan<long> Ids(int row) => _ids.AsSpan(row * _sequence, _pair.Length(_windows[row].Count));

    public void Run(IHeadSession session, CancellationToken cancellationToken)
    {
        float[] logits = new float[2 * _ids.Length];
        session.Run(_ids, _types, _mask, _windows.Length, _sequence, logits, cancellationToken);
        for (int i = 0; i < _ids.Length; i++)
        {
            (_start[i], _end[i]) = (logits[2 * i], logits[(2 * i) + 1]);
        }
    }

    /// <summary>The best spans of a row; null where a logit is not finite.</summary>
    public SpanReading? Best(int row, SpanReaderOptions options)
    {
        PassageWindow window = _windows[row];
        ReadOnlySpan<float> start = Start(row).Slice(_pair.PassageStart, window.Count);
        ReadOnlySpan<float> end = End(row).Slice(_pair.PassageStart, window.Count);
        float none = Start(row)[0] + End(row)[0];
        return SpanSearch.Best(start, end, options.MaxSpanTokens, options.Candidates) is { } best && float.IsFinite(none)
            ? new SpanReading(
                [.. best.Select(span => new ScoredSpan(_passages[window.Passage].Range(window.Start + span.First, window.Start + span.Last), span.Score))], none)
            : null;
    }
}
