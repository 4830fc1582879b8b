using System.Text;
using Rag.Index.Filters;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// BM25 in Lucene's form (Robertson et al. 1994; Kamphuis et al. 2020, "Lucene accurate"): the sum over the query's terms, a repeated
/// one counting each time, of ln(1 + (N - df + .5) / (df + .5)) · f / (f + k1 (1 - b + b · length / average length)), with exact
/// lengths, in double precision. A phrase adds one more such share, as Lucene's: f is how often it stands in the chunk, and the weight
/// the sum of its terms' logarithms. Reads only the postings of the query's terms. N, df and the average length are those of what the
/// scope's principal may read.
/// </summary>
internal sealed class Bm25Search(IndexConnection connection, IndexState state, ScopeSet scope, PendingIndex waiting, ChunkIndexOptions options)
{
    private readonly PostingsStore _store = new(connection);
    private readonly long _count = scope.Readable?.Counts.Chunks ?? state.Chunks;
    private readonly long _length = scope.Readable?.TotalLength ?? state.TotalLength;

    /// <summary>The best chunks and the spread of all, those without a matching term counting 0.</summary>
    public ChunkScores Search(string text, int top, Func<long, string> idOf, CancellationToken cancellationToken)
    {
        using ScoreWindows windows = new(Parts(text, cancellationToken), Norm());
        windows.Run(cancellationToken);
        return TopScores.Select(windows.Chunks, windows.Scores, top, idOf, windows.Spread.StandardDeviation(scope.Counts.Chunks));
    }

    /// <summary>The scores of given chunks; NaN for null.</summary>
    public float[] Score(string text, IReadOnlyList<long?> chunks, CancellationToken cancellationToken)
    {
        List<ScoredPostings> parts = Parts(text, cancellationToken);
        LengthNorm norm = Norm();
        float[] scores = new float[chunks.Count];
        for (int i = 0; i < scores.Length; i++)
        {
            double sum = 0;
            foreach (ScoredPostings part in chunks[i] is null ? [] : parts)
            {
                ReadOnlySpan<Posting> postings = PostingsBlock.Span(part.Postings);
                int at = PostingsSearch.SkipTo(postings, 0, chunks[i]!.Value);
                sum += at < postings.Length && postings[at].Chunk == chunks[i] ? norm.Share(postings[at], part.Weight) : 0;
            }

            scores[i] = chunks[i] is null ? float.NaN : (float)sum;
        }

        return scores;
    }

    private LengthNorm Norm() => new(options.K1, options.B, (double)_length / Math.Max(1, _count));

    private List<ScoredPostings> Parts(string text, CancellationToken cancellationToken)
    {
        TextQuery query = TextQuery.Parse(text, options.Analyzer);
        Dictionary<string, PostingsList> pending = waiting.Find(_store, connection.Path, state, query.Words.Keys);
        Dictionary<string, List<Posting>> words = new(StringComparer.Ordinal);
        List<ScoredPostings> parts = [];
        foreach ((string term, int repeats) in query.Words)
        {
            cancellationToken.ThrowIfCancellationRequested();
            List<Posting> postings = [];
            _store.Read(Encoding.UTF8.GetBytes(term), postings);
            postings.AddRange(pending[term].Postings);
            Keep(postings, scope.Readable?.Chunks);
            words.Add(term, postings);
            parts.Add(new(postings, repeats * Rarity(postings)));
        }

        foreach (Phrase phrase in query.Phrases)
        {
            cancellationToken.ThrowIfCancellationRequested();
            parts.Add(new(Find(phrase, words, pending), phrase.Terms.Sum(place => Rarity(words[place.Term]))));
        }

        // What a filter leaves out counted for how rare words are, as elsewhere, but is not found.
        if (scope.Chunks != scope.Readable?.Chunks)
        {
            parts.ForEach(part => Keep(part.Postings, scope.Chunks));
        }

        return parts;
    }

    private static void Keep(List<Posting> postings, KeyRanges? permitted)
    {
        if (permitted is not null)
        {
            postings.RemoveAll(posting => !permitted.Contains(posting.Chunk));
        }
    }

    private double Rarity(List<Posting> postings) => Math.Log(1 + ((_count - postings.Count + 0.5) / (postings.Count + 0.5)));

    private List<Posting> Find(Phrase phrase, Dictionary<string, List<Posting>> words, Dictionary<string, PostingsList> pending)
    {
        long[] chunks = PhraseMatcher.Candidates([.. phrase.Terms.Select(place => words[place.Term]).Distinct()]);
        Dictionary<string, PostingsList> placed = new(StringComparer.Ordinal);
        foreach (string term in phrase.Terms.Select(place => place.Term).Distinct(StringComparer.Ordinal))
        {
            PostingsList found = new();
            _store.ReadPositions(Encoding.UTF8.GetBytes(term), chunks, found);
            ReadOnlySpan<long> left = chunks;
            pending[term].CopyTo(found, ref left);
            placed.Add(term, found.Postings.Count == chunks.Length ? found : throw SqliteErrors.Damaged(connection.Path, "has postings out of order"));
        }

        return PhraseMatcher.Match(phrase, [.. phrase.Terms.Select(place => placed[place.Term])]);
    }
}
