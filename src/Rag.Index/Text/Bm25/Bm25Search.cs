using System.Text;
using Rag.Index.Filters;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// BM25 in Lucene's form (Robertson et al. 1994; Kamphuis et al. 2020, "Lucene accurate"): the sum over the query's terms, a repeated
/// one counting each time, of ln(1 + (N - df + .5) / (df + .5)) · f / (f + k1 (1 - b + b · length / average length)), with exact
/// lengths, in double precision. Reads only the postings of the query's terms. N, df and the average length are those of what the
/// scope's principal may read.
/// </summary>
internal sealed class Bm25Search(IndexConnection connection, IndexState state, ScopeSet scope, ChunkIndexOptions options)
{
    /// <summary>The best chunks and the spread of all, those without a matching term counting 0.</summary>
    public ChunkScores Search(string text, int top, Func<long, string> idOf, CancellationToken cancellationToken)
    {
        using ScoreAccumulator sums = Accumulate(text, cancellationToken);
        List<long> chunks = [];
        List<double> scores = [];
        sums.CopyTo(chunks, scores, scope.Chunks);
        ScoreSpread spread = default;
        float[] rounded = new float[scores.Count];
        for (int i = 0; i < rounded.Length; i++)
        {
            spread.Add(scores[i]);
            rounded[i] = (float)scores[i];
        }

        return TopScores.Select(chunks.ToArray(), rounded, top, idOf, spread.StandardDeviation(scope.Counts.Chunks));
    }

    /// <summary>The scores of given chunks; NaN for null.</summary>
    public float[] Score(string text, IReadOnlyList<long?> chunks, CancellationToken cancellationToken)
    {
        using ScoreAccumulator sums = Accumulate(text, cancellationToken);
        return [.. chunks.Select(chunk => chunk is { } key ? (float)sums[key] : float.NaN)];
    }

    private ScoreAccumulator Accumulate(string text, CancellationToken cancellationToken)
    {
        PostingsStore store = new(connection);
        TermCounts query = TermCounts.Of(options.Analyzer, text);
        Dictionary<string, List<Posting>> pending = PendingTerms.Find(store, connection.Path, query.Counts, state.Merged);
        KeyRanges? readable = scope.Readable?.Chunks;
        (long count, long length) = scope.Readable is { } set ? (set.Counts.Chunks, set.TotalLength) : (state.Chunks, state.TotalLength);
        double average = (double)length / Math.Max(1, count);
        ScoreAccumulator sums = new();
        List<Posting> postings = [];
        foreach ((string term, int repeats) in query.Counts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            postings.Clear();
            store.Read(Encoding.UTF8.GetBytes(term), postings);
            postings.AddRange(pending[term]);
            if (readable is not null)
            {
                postings.RemoveAll(posting => !readable.Contains(posting.Chunk));
            }

            double weight = repeats * Math.Log(1 + ((count - postings.Count + 0.5) / (postings.Count + 0.5)));
            foreach (Posting posting in postings)
            {
                double norm = options.K1 * (1 - options.B + (options.B * posting.Length / average));
                sums.Add(posting.Chunk, weight * posting.Frequency / (posting.Frequency + norm));
            }
        }

        return sums;
    }
}
