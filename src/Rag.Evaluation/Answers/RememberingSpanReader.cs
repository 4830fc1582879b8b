using System.Collections.Concurrent;
using Rag.Reading;

namespace Rag.Evaluation.Answers;

/// <summary>
/// Remembers what was read, so that several ways of retrieving, asked the same questions, read each passage but once per
/// question. Grows with every new pair; made for a measurement, and useless where time is taken. Does not own the inner reader.
/// </summary>
public sealed class RememberingSpanReader : ISpanReader
{
    private readonly ISpanReader _inner;
    private readonly ConcurrentDictionary<(string Question, string Passage), SpanReading?> _known = new();

    /// <summary>Wraps a reader.</summary>
    public RememberingSpanReader(ISpanReader inner) => _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<SpanReading?>> ReadAsync(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passages);
        string[] unknown = [.. passages.Where(passage => !_known.ContainsKey((question, passage))).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            IReadOnlyList<SpanReading?> read = await _inner.ReadAsync(question, unknown, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < unknown.Length; i++)
            {
                _known[(question, unknown[i])] = read[i];
            }
        }

        return [.. passages.Select(passage => _known[(question, passage)])];
    }
}
