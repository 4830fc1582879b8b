using System.Numerics.Tensors;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Tests.Fakes;

/// <summary>An index in memory that scores everything by brute force; says what was done to it in order.</summary>
internal sealed class FakeIndex : IChunkIndex
{
    private readonly SortedDictionary<string, IndexedDocument> _documents = new(StringComparer.Ordinal);
    private IndexManifest? _manifest;

    public List<string> Log { get; } = [];

    public List<SearchScope> Scopes { get; } = [];

    /// <summary>How many documents came in each call.</summary>
    public List<int> Groups { get; } = [];

    public bool KnowsTrueScores { get; set; } = true;

    public bool KnowsDeviation { get; set; } = true;

    public Action<string>? BeforeUpsert { get; set; }

    public IReadOnlyDictionary<string, IndexedDocument> Documents => _documents;

    private List<(Chunk Chunk, ReadOnlyMemory<float> Vector)> All =>
        [.. _documents.Values.SelectMany(document => document.Chunks.Select((chunk, i) => (chunk, document.Vectors is null ? default : document.Vectors[i])))];

    public ValueTask<IndexManifest?> GetManifestAsync(CancellationToken cancellationToken = default) => new(_manifest);

    public ValueTask<bool> SetManifestAsync(IndexManifest manifest, bool replace, CancellationToken cancellationToken = default)
    {
        bool differs = _manifest is not null && _manifest != manifest && _documents.Count > 0;
        if (differs && !replace)
        {
            throw new IncompatibleException($"Built with {_manifest}, not {manifest}.");
        }

        if (differs)
        {
            _documents.Clear();
        }

        _manifest = manifest;
        Log.Add("manifest");
        return new(differs);
    }

    public ValueTask<IReadOnlyDictionary<string, DocumentStamp>> GetDocumentStampsAsync(CancellationToken cancellationToken = default) =>
        new(_documents.ToDictionary(pair => pair.Key, pair => new DocumentStamp(pair.Value.Document.ContentHash, pair.Value.Fingerprint, pair.Value.Chunks.Count) { Access = pair.Value.Document.Access }));

    public ValueTask UpsertAsync(IndexedDocument document, CancellationToken cancellationToken = default)
    {
        BeforeUpsert?.Invoke(document.Document.Id);
        cancellationToken.ThrowIfCancellationRequested();
        _documents[document.Document.Id] = document;
        Log.Add("upsert " + document.Document.Id);
        return default;
    }

    public ValueTask<bool> UpdateAsync(string documentId, DocumentAttributes attributes, string? fingerprint = null, CancellationToken cancellationToken = default)
    {
        if (!_documents.TryGetValue(documentId, out IndexedDocument? stored))
        {
            return new(false);
        }

        Document document = stored.Document with { Metadata = attributes.Metadata, Access = attributes.Access };
        _documents[documentId] = stored with { Document = document, Fingerprint = fingerprint ?? stored.Fingerprint };
        Log.Add("update " + documentId);
        return new(true);
    }

    public ValueTask<IndexCounts> CountAsync(CancellationToken cancellationToken = default) => new(new IndexCounts(_documents.Count, All.Count));

    /// <summary>Shows everything, and keeps the scope for the test to look at.</summary>
    public IChunkReader Within(SearchScope scope)
    {
        Scopes.Add(scope);
        return this;
    }

    public async ValueTask UpsertManyAsync(IReadOnlyList<IndexedDocument> documents, CancellationToken cancellationToken = default)
    {
        Groups.Add(documents.Count);
        foreach (IndexedDocument document in documents)
        {
            await UpsertAsync(document, cancellationToken);
        }
    }

    public ValueTask<IReadOnlyList<ReadOnlyMemory<float>?>> FindVectorsAsync(IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken = default) =>
        new([.. chunks.Select(chunk => All.Where(item => item.Chunk.IndexedText == chunk.IndexedText && !item.Vector.IsEmpty).Select(item => (ReadOnlyMemory<float>?)item.Vector).FirstOrDefault())]);

    public ValueTask<bool> DeleteAsync(string documentId, CancellationToken cancellationToken = default)
    {
        Log.Add("delete " + documentId);
        return new(_documents.Remove(documentId));
    }

    public ValueTask<ChunkScores> SearchVectorAsync(ReadOnlyMemory<float> vector, int top, CancellationToken cancellationToken = default) =>
        new(Best(All.Where(item => !item.Vector.IsEmpty).Select(item => (item.Chunk.Id, Cosine(item.Vector, vector))), top));

    public ValueTask<ChunkScores> SearchTextAsync(string text, int top, CancellationToken cancellationToken = default)
    {
        ChunkScores all = Best(All.Select(item => (item.Chunk.Id, Bm25(text, item.Chunk))), int.MaxValue);
        int matching = all.Scores.Count(score => score > 0);
        int count = Math.Min(top, matching);
        return new(new ChunkScores([.. all.Ids.Take(count)], [.. all.Scores.Take(count)], all.StandardDeviation));
    }

    public ValueTask<IReadOnlyList<float>?> ScoreVectorAsync(ReadOnlyMemory<float> vector, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        new(KnowsTrueScores ? [.. chunkIds.Select(id => All.Where(item => item.Chunk.Id == id).Select(item => Cosine(item.Vector, vector)).DefaultIfEmpty(float.NaN).First())] : (IReadOnlyList<float>?)null);

    public ValueTask<IReadOnlyList<float>?> ScoreTextAsync(string text, IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        new(KnowsTrueScores ? [.. chunkIds.Select(id => All.Where(item => item.Chunk.Id == id).Select(item => Bm25(text, item.Chunk)).DefaultIfEmpty(float.NaN).First())] : (IReadOnlyList<float>?)null);

    public ValueTask<IReadOnlyList<Chunk>> GetChunksAsync(IReadOnlyList<string> chunkIds, CancellationToken cancellationToken = default) =>
        new([.. chunkIds.SelectMany(id => All.Where(item => item.Chunk.Id == id).Select(item => item.Chunk))]);

    public ValueTask<IReadOnlyList<Chunk>> GetDocumentChunksAsync(string documentId, CancellationToken cancellationToken = default) =>
        new(_documents.TryGetValue(documentId, out IndexedDocument? document) ? document.Chunks : []);

    public ValueTask<Document?> GetDocumentAsync(string documentId, CancellationToken cancellationToken = default) =>
        new(_documents.TryGetValue(documentId, out IndexedDocument? document) ? document.Document : null);

    public ValueTask DisposeAsync() => default;

    /// <summary>Puts one-chunk documents into the index.</summary>
    public async Task AddAsync(params (string Id, string Text, float[]? Vector)[] chunks)
    {
        _manifest ??= new IndexManifest(chunks[0].Vector is { } first ? FakeEmbedder.IdentityOf(first.Length) : null, "", "");
        foreach ((string id, string text, float[]? vector) in chunks)
        {
            Chunk chunk = new() { Id = id, DocumentId = id + ".txt", Ordinal = 0, Range = new TextRange(0, text.Length), Text = text };
            await UpsertAsync(new IndexedDocument(Fakes.Documents.Plain(text, id + ".txt"), "", [chunk], vector is null ? null : [vector]));
        }
    }

    /// <summary>BM25 as Lucene writes it, k1 1.2, b .75, over lower-cased words.</summary>
    private float Bm25(string query, Chunk chunk)
    {
        List<string[]> texts = [.. All.Select(item => Words(item.Chunk.IndexedText))];
        string[] words = Words(chunk.IndexedText);
        double average = texts.Average(text => (double)text.Length);
        return (float)Words(query).Sum(term =>
        {
            int df = texts.Count(text => text.Contains(term)), tf = words.Count(word => word == term);
            double idf = Math.Log(1 + ((texts.Count - df + .5) / (df + .5)));
            return idf * tf / (tf + (1.2 * (1 - .75 + (.75 * words.Length / average))));
        });
    }

    private static string[] Words(string text) =>
        text.ToLowerInvariant().Split([' ', '\n', '.', ',', '?', '!', '#', ':', '"', '(', ')', '|'], StringSplitOptions.RemoveEmptyEntries);

    private static float Cosine(ReadOnlyMemory<float> a, ReadOnlyMemory<float> b) => TensorPrimitives.CosineSimilarity(a.Span, b.Span);

    private ChunkScores Best(IEnumerable<(string Id, float Score)> scores, int top)
    {
        List<(string Id, float Score)> all = [.. scores.OrderByDescending(item => item.Score).ThenBy(item => item.Id, StringComparer.Ordinal)];
        double mean = all.Count == 0 ? 0 : all.Average(item => (double)item.Score);
        double deviation = all.Count == 0 ? 0 : Math.Sqrt(all.Average(item => Math.Pow(item.Score - mean, 2)));
        List<(string Id, float Score)> best = [.. all.Take(top)];
        return new ChunkScores([.. best.Select(item => item.Id)], [.. best.Select(item => item.Score)], KnowsDeviation ? deviation : null);
    }
}
