namespace Rag.Reading;

/// <summary>
/// Remembers the latest readings of another reader, so that what reranking has read is not read again for the answer. Safe for
/// concurrent use; what two callers ask for at the same time may be read twice.
/// </summary>
public sealed class RememberingSpanReader : ISpanReader
{
    private readonly ISpanReader _reader;
    private readonly int _capacity;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Question, string Passage), SpanReading?> _readings = [];
    private readonly Queue<(string Question, string Passage)> _order = new();

    /// <summary>Creates the decorator.</summary>
    /// <param name="reader">The reader to ask. Not disposed.</param>
    /// <param name="capacity">Readings kept; the oldest is dropped first.</param>
    public RememberingSpanReader(ISpanReader reader, int capacity = 256)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _reader = reader;
        _capacity = capacity;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SpanReading?>> ReadAsync(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passages);
        SpanReading?[] readings = new SpanReading?[passages.Count];
        List<int> missing = Recall(question, passages, readings);
        if (missing.Count > 0)
        {
            IReadOnlyList<SpanReading?> read = await _reader.ReadAsync(question, [.. missing.Select(i => passages[i])], cancellationToken).ConfigureAwait(false);
            Remember(question, passages, readings, missing, read);
        }

        return readings;
    }

    private List<int> Recall(string question, IReadOnlyList<string> passages, SpanReading?[] readings)
    {
        List<int> missing = [];
        lock (_gate)
        {
            for (int i = 0; i < readings.Length; i++)
            {
                if (!_readings.TryGetValue((question, passages[i]), out readings[i]))
                {
                    missing.Add(i);
                }
            }
        }

        return missing;
    }

    private void Remember(string question, IReadOnlyList<string> passages, SpanReading?[] readings, List<int> missing, IReadOnlyList<SpanReading?> read)
    {
        lock (_gate)
        {
            for (int i = 0; i < missing.Count; i++)
            {
                readings[missing[i]] = read[i];
                if (_readings.TryAdd((question, passages[missing[i]]), read[i]))
                {
                    _order.Enqueue((question, passages[missing[i]]));
                }
            }

            while (_order.Count > _capacity)
            {
                _readings.Remove(_order.Dequeue());
            }
        }
    }
}
