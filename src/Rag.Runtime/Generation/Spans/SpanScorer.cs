using System.Buffers;
using Rag.Documents;
using Rag.Runtime.Generation.Sampling;

namespace Rag.Runtime.Generation.Spans;

/// <summary>
/// Branch and bound over the spans of some sources behind a prompt, exact: a log-probability only falls with each token, so what begins with less than a
/// whole span has is left out. Spans that begin alike are run once, the likelier ones first; where there is one way alone, several tokens at a time.
/// </summary>
internal sealed class SpanScorer : IDisposable
{
    private const int MostAhead = 16;

    private readonly CachedSession _session;
    private readonly IReadOnlyList<SpanSequence> _sequences;
    private readonly SpanList _best;
    private readonly int[] _stopTokens;
    private readonly CancellationToken _cancellationToken;
    private readonly int _vocabulary;
    private readonly int _promptLength;
    private readonly float[] _rows;
    private readonly float[] _weights;
    private readonly int _maxTokens;

    /// <param name="session">Behind the prompt.</param>
    /// <param name="sequences">The spans, in order.</param>
    /// <param name="best">Takes them.</param>
    /// <param name="stopTokens">Any of them ends an answer.</param>
    /// <param name="cancellationToken">Ends it within a step.</param>
    public SpanScorer(CachedSession session, IReadOnlyList<SpanSequence> sequences, SpanList best, IEnumerable<int> stopTokens, CancellationToken cancellationToken)
    {
        _session = session;
        _sequences = sequences;
        _best = best;
        _vocabulary = session.VocabularySize;
        _stopTokens = [.. stopTokens.Where(token => token >= 0 && token < _vocabulary)];
        _cancellationToken = cancellationToken;
        _promptLength = session.Length;
        _maxTokens = sequences.Count == 0 ? 0 : sequences.Max(sequence => sequence.Ids.Length);
        _rows = ArrayPool<float>.Shared.Rent(MostAhead * _vocabulary);
        _weights = ArrayPool<float>.Shared.Rent(_vocabulary);
    }

    /// <summary>Tokens that were run behind the prompt.</summary>
    public int ScoredTokens { get; private set; }

    /// <summary>Compares all spans.</summary>
    /// <param name="logits">Those behind the prompt.</param>
    public void Run(ReadOnlySpan<float> logits) => Expand(0, _sequences.Count, 0, 0, logits, 2);

    /// <summary>The log-probability of one text behind the prompt, the end included.</summary>
    public double Score(ReadOnlySpan<int> tokens, ReadOnlySpan<float> logits)
    {
        double sum = 0, total = LogTotal(logits);
        for (int at = 0; at < tokens.Length;)
        {
            sum += logits[tokens[at]] - total;
            int count = Math.Min(MostAhead, tokens.Length - at);
            Run(tokens.Slice(at, count));
            for (int i = 0; i < count; i++)
            {
                logits = Row(i);
                total = LogTotal(logits);
                sum += i + 1 < count ? logits[tokens[at + i + 1]] - total : 0;
            }

            at += count;
        }

        _session.Rewind(_promptLength);
        return sum + EndOf(logits, total);
    }

    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_rows);
        ArrayPool<float>.Shared.Return(_weights);
    }

    // Looks at all sequences of a range that have some tokens in common, where the logits behind these are known.
    private void Expand(int low, int high, int depth, double logProbability, ReadOnlySpan<float> logits, int ahead)
    {
        double total = LogTotal(logits);
        low = End(low, high, depth, logProbability, logits, total);
        List<(int Low, int High, double LogProbability)> ways = [];
        for (int i = low; i < high;)
        {
            int next = i + 1, token = _sequences[i].Ids[depth];
            while (next < high && _sequences[next].Ids[depth] == token)
            {
                next++;
            }

            ways.Add((i, next, logProbability + logits[token] - total));
            i = next;
        }

        ways.Sort((a, b) => b.LogProbability.CompareTo(a.LogProbability) is not 0 and int order ? order : a.Low.CompareTo(b.Low));
        foreach ((int first, int last, double sum) in ways)
        {
            if (!CanImprove(sum))
            {
                return;
            }

            Follow(first, last, depth, sum, ahead);
        }
    }

    // Runs the next token of a range, and further ones as long as all go on alike.
    private void Follow(int low, int high, int depth, double logProbability, int ahead)
    {
        int[] ids = _sequences[high - 1].Ids;
        int count = 1, from = low;
        while (count < ahead && depth + count < ids.Length)
        {
            from = SkipEnded(from, high, depth + count);
            if (_sequences[from].Ids[depth + count] != ids[depth + count])
            {
                break;
            }

            count++;
        }

        Run(ids.AsSpan(depth, count));
        for (int i = 1; i < count; i++)
        {
            ReadOnlySpan<float> logits = Row(i - 1);
            double total = LogTotal(logits);
            low = End(low, high, depth + i, logProbability, logits, total);
            logProbability += logits[ids[depth + i]] - total;
            if (!CanImprove(logProbability))
            {
                count = 0;
            }
        }

        if (count > 0)
        {
            Expand(low, high, depth + count, logProbability, Row(count - 1), Math.Min(MostAhead, 2 * ahead));
        }

        _session.Rewind(_promptLength + depth);
    }

    // Offers the span that ends behind so many tokens, if there is one; what is behind the sequences that go no further.
    private int End(int low, int high, int depth, double logProbability, ReadOnlySpan<float> logits, double total)
    {
        if (depth == 0)
        {
            return low;
        }

        SpanSequence? first = null;
        int occurrences = 0;
        for (int i = low; i < high; i++)
        {
            SpanSequence sequence = _sequences[i];
            if (sequence.Ends[depth - 1] >= 0)
            {
                occurrences++;
                first = first is null || (sequence.Source, sequence.Start).CompareTo((first.Source, first.Start)) < 0 ? sequence : first;
            }
        }

        if (first is not null)
        {
            _best.Offer(first.Source, new TextRange(first.Start, first.Ends[depth - 1]), logProbability + EndOf(logits, total), depth, occurrences);
        }

        return SkipEnded(low, high, depth);
    }

    private int SkipEnded(int low, int high, int depth)
    {
        while (low < high && _sequences[low].Ids.Length == depth)
        {
            low++;
        }

        return low;
    }

    private bool CanImprove(double logProbability) => _best.Bound(logProbability, _maxTokens) > _best.Threshold;

    private double EndOf(ReadOnlySpan<float> logits, double total)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (int token in _stopTokens)
        {
            most = Math.Max(most, logits[token]);
        }

        foreach (int token in _stopTokens)
        {
            sum += Math.Exp(logits[token] - most);
        }

        return most + Math.Log(sum) - total;
    }

    private void Run(ReadOnlySpan<int> tokens)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        _session.AppendAll(tokens, _rows.AsSpan(0, tokens.Length * _vocabulary));
        ScoredTokens += tokens.Length;
    }

    private ReadOnlySpan<float> Row(int i) => _rows.AsSpan(i * _vocabulary, _vocabulary);

    private double LogTotal(ReadOnlySpan<float> logits)
    {
        double total = Softmax.LogSumExp(logits, _weights);
        return double.IsFinite(total)
            ? total
            : throw new CorruptException("The model's logits are not finite numbers, so spans cannot be compared; its weights are damaged or do not fit its configuration.");
    }
}
