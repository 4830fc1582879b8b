using Rag.Chunks;
using Rag.Documents;
using Rag.Index;
using Rag.Index.Filters;

namespace Rag.Testing;

/// <summary>
/// What an <see cref="InMemoryChunkIndex"/> shows within a scope: first everything that the principal may not read is taken away,
/// then what the filter does not select; every question is answered by looking at all that is left.
/// </summary>
internal sealed class MemoryView(InMemoryChunkIndex index, SearchScope scope) : IChunkReader
{
    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => Answer(() => index.State.Manifest, cancellationToken);

    public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => Answer(
        () =>
        {
            MemoryDocument[] within = [.. Selected(Readable(index.State))];
            return new IndexCounts(within.Length, within.Sum(document => document.Indexed.Chunks.Count));
        },
        cancellationToken);

    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Answer(
            () =>
            {
                MemoryState state = index.State;
                if (state.Manifest is { Embedding: null })
                {
                    throw new InvalidOperationException("The index is text-only: it holds no vectors.");
                }

                CheckVector(state.Manifest, vector);
                return Best([.. Selected(Readable(state)).SelectMany(document => document.Chunks).Select(chunk => (chunk.Chunk.Id, MemoryScores.Cosine(chunk.Vector.Span, vector.Span)))], top, _ => true);
            },
            cancellationToken);
    }

    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Answer(
            () =>
            {
                MemoryDocument[] readable = [.. Readable(index.State)];
                return Best(Bm25(text, readable), top, score => score > 0);
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Answer<IReadOnlyList<float>?>(
            () =>
            {
                MemoryState state = index.State;
                if (state.Manifest?.Embedding is null)
                {
                    return null;
                }

                CheckVector(state.Manifest, vector);
                Dictionary<string, MemoryChunk> chunks = Selected(Readable(state)).SelectMany(document => document.Chunks).ToDictionary(chunk => chunk.Chunk.Id, StringComparer.Ordinal);
                return [.. chunkIds.Select(id => chunks.TryGetValue(id, out MemoryChunk? chunk) ? (float)MemoryScores.Cosine(chunk.Vector.Span, vector.Span) : float.NaN)];
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Answer<IReadOnlyList<float>?>(
            () =>
            {
                Dictionary<string, double> scores = Bm25(text, [.. Readable(index.State)]).ToDictionary(item => item.Id, item => item.Score, StringComparer.Ordinal);
                return [.. chunkIds.Select(id => scores.TryGetValue(id, out double score) ? (float)score : float.NaN)];
            },
            cancellationToken);
    }

    public ValueTask<ChunkScores> SearchSparseAsync(SparseVector vector, int top, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        return Answer(
            () =>
            {
                MemoryState state = index.State;
                if (state.Manifest is { Sparse: null })
                {
                    throw new UnsupportedException("The index holds no sparse vectors.");
                }

                Check(state.Manifest?.Sparse is { } model ? VectorKinds.Fault(vector, model) : null);
                return Best([.. Selected(Readable(state)).SelectMany(document => document.Chunks).Select(chunk => (chunk.Chunk.Id, MemoryScores.Dot(chunk.Sparse!, vector)))], top, score => score > 0);
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreSparseAsync(SparseVector vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(vector);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Answer(
            () => index.State is { Manifest.Sparse: { } model } state ? Scores(state, VectorKinds.Fault(vector, model), chunkIds, chunk => MemoryScores.Dot(chunk.Sparse!, vector)) : null,
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<float>?> ScoreTokensAsync(MultiVector question, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Answer(
            () => index.State is { Manifest.Tokens: { } model } state ? Scores(state, VectorKinds.Fault(question, model), chunkIds, chunk => MemoryScores.MaxSim(question, chunk.Tokens!)) : null,
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chunkIds);
        return Answer<IReadOnlyList<Chunk>>(
            () =>
            {
                Dictionary<string, Chunk> chunks = Selected(Readable(index.State)).SelectMany(document => document.Indexed.Chunks).ToDictionary(chunk => chunk.Id, StringComparer.Ordinal);
                return [.. chunkIds.Where(chunks.ContainsKey).Select(id => chunks[id])];
            },
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Answer<IReadOnlyList<Chunk>>(() => Find(documentId)?.Indexed.Chunks ?? [], cancellationToken);
    }

    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(documentId);
        return Answer(() => Find(documentId)?.Indexed.Document, cancellationToken);
    }

    private MemoryDocument? Find(string documentId) => Selected(Readable(index.State)).FirstOrDefault(document => document.Indexed.Document.Id == documentId);

    private IEnumerable<MemoryDocument> Readable(MemoryState state) =>
        state.Documents.Values.Where(document => AccessRules.Permits(document.Indexed.Document.Access, state.Manifest?.IsProtected == true, scope));

    private IEnumerable<MemoryDocument> Selected(IEnumerable<MemoryDocument> readable) =>
        readable.Where(document => scope.Filter?.Matches(DocumentFields.Of(document.Indexed.Document)) != false);

    // Statistics over what may be read, scores of what is selected.
    private List<(string Id, double Score)> Bm25(string text, MemoryDocument[] readable)
    {
        MemoryScores scores = new([.. readable.SelectMany(document => document.Chunks)], index.Options);
        IReadOnlyList<string> query = index.Options.Terms(text);
        return [.. Selected(readable).SelectMany(document => document.Chunks).Select(chunk => (chunk.Chunk.Id, scores.Bm25(query, chunk)))];
    }

    private static ChunkScores Best(List<(string Id, double Score)> scores, int top, Func<double, bool> counts)
    {
        var best = scores.Where(item => counts(item.Score)).Select(item => (item.Id, Score: (float)item.Score))
            .OrderByDescending(item => item.Score).ThenBy(item => item.Id, StringComparer.Ordinal).Take(top).ToList();
        double mean = scores.Select(item => item.Score).DefaultIfEmpty().Average();
        double deviation = Math.Sqrt(scores.Select(item => (item.Score - mean) * (item.Score - mean)).DefaultIfEmpty().Average());
        return new([.. best.Select(item => item.Id)], [.. best.Select(item => item.Score)], deviation);
    }

    private static void CheckVector(IndexManifest? manifest, ReadOnlyMemory<float> vector)
    {
        if (manifest?.Embedding is { } embedding && MemoryScores.Fault(vector.Span, embedding.Dimensions) is { } fault)
        {
            throw new ArgumentException($"The question's vector {fault}.", nameof(vector));
        }
    }

    private IReadOnlyList<float>? Scores(MemoryState state, string? fault, IReadOnlyList<string> chunkIds, Func<MemoryChunk, double> score)
    {
        Check(fault);
        Dictionary<string, MemoryChunk> chunks = Selected(Readable(state)).SelectMany(document => document.Chunks).ToDictionary(chunk => chunk.Chunk.Id, StringComparer.Ordinal);
        return [.. chunkIds.Select(id => chunks.TryGetValue(id, out MemoryChunk? chunk) ? (float)score(chunk) : float.NaN)];
    }

    private static void Check(string? fault)
    {
        if (fault is not null)
        {
            throw new ArgumentException($"What the question is asked with {fault}.");
        }
    }

    private static ValueTask<T> Answer<T>(Func<T> answer, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return ValueTask.FromResult(answer());
        }
        catch (Exception error)
        {
            return ValueTask.FromException<T>(error);
        }
    }
}
