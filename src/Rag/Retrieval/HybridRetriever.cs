using System.Diagnostics;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Diagnostics;
using Rag.Index;

namespace Rag.Retrieval;

/// <summary>
/// Asks the vectors and the words of an index at the same time, gives every candidate of either its true score on both, and
/// fuses. Ties are broken by chunk id, so equal indexes give equal results.
/// </summary>
/// <remarks>
/// Without an embedder, or on an index without vectors, BM25 alone ranks and <see cref="RetrievedChunk.Score"/> is the BM25
/// score. A query without a single indexed word is answered by vectors alone. An empty index or a blank query gives nothing.
/// With a sparse encoder, on an index with its sparse vectors, these stand in the place of BM25 wherever <see cref="RetrievalMode.Hybrid"/>
/// asks it; <see cref="RetrievalMode.Bm25"/> is BM25 alone all the same.
/// </remarks>
public sealed class HybridRetriever : IRetriever
{
    private static readonly ChunkScores Nothing = new([], [], null);
    private readonly IChunkIndex _index;
    private readonly QueryEmbedder? _embedder;
    private readonly ISparseEncoder? _sparse;
    private readonly HybridRetrieverOptions _options;

    /// <summary>Creates the retriever.</summary>
    /// <param name="index">The index to search.</param>
    /// <param name="embedder">The model that the index was built with; null for BM25 alone.</param>
    /// <param name="options">How to search; the defaults where null.</param>
    /// <param name="sparse">The model of the index's sparse vectors; null for BM25.</param>
    /// <exception cref="ArgumentException">An option is out of range, or vectors are to be searched without an embedder.</exception>
    public HybridRetriever(
        IChunkIndex index, IEmbeddingGenerator<string, Embedding<float>>? embedder = null, HybridRetrieverOptions? options = null, ISparseEncoder? sparse = null)
    {
        ArgumentNullException.ThrowIfNull(index);
        _options = options ?? new HybridRetrieverOptions();
        _options.Validate();
        if (embedder is null && _options.Mode == RetrievalMode.Dense)
        {
            throw new ArgumentException("Searching by vectors alone needs an embedding model.", nameof(embedder));
        }

        _index = index;
        _embedder = embedder is null || _options.Mode == RetrievalMode.Bm25 ? null : new QueryEmbedder(embedder);
        _sparse = _options.Mode == RetrievalMode.Hybrid ? sparse : null;
    }

    /// <inheritdoc/>
    /// <exception cref="IncompatibleException">The index was built with another embedding model, or its sparse vectors with another of theirs.</exception>
    /// <exception cref="CorruptException">A model gave no usable vector.</exception>
    /// <exception cref="LimitExceededException">More results are asked for than <see cref="HybridRetrieverOptions.MaxTop"/>.</exception>
    public async ValueTask<IReadOnlyList<RetrievedChunk>> RetrieveAsync(
        string query, int top, SearchScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        if (top > _options.MaxTop)
        {
            throw new LimitExceededException(nameof(HybridRetrieverOptions.MaxTop), _options.MaxTop, top, "The number of results");
        }

        using Activity? activity = RagDiagnostics.Source.StartActivity(ActivityNames.Retrieval, ActivityKind.Client);
        activity?.SetTag(TagNames.Operation, ActivityNames.Retrieval).SetTag(TagNames.TopK, top);
        query = query.Length > _options.MaxQueryCharacters ? query[..Chunking.Graphemes.Floor(query, 0, _options.MaxQueryCharacters)] : query;
        IChunkReader index = _index.Within(scope);
        IndexManifest? manifest = string.IsNullOrWhiteSpace(query) ? null : await index.GetManifestAsync(cancellationToken).ConfigureAwait(false);
        LexicalQuery words = Lexical(query, manifest);
        List<Ranked> ranked = manifest is null ? [] : await RankAsync(index, query, words, Math.Max(_options.Pool, top), manifest, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<RetrievedChunk> results = await LoadAsync(index, ranked, words, top, cancellationToken).ConfigureAwait(false);
        activity?.SetTag(TagNames.Retrieved, results.Count);
        return results;
    }

    private LexicalQuery Lexical(string query, IndexManifest? manifest)
    {
        if (_sparse is null || manifest?.Sparse is not { } stored)
        {
            return new Bm25Query(query);
        }

        SparseQuery.Check(stored, _sparse.Identity);
        return new SparseQuery(_sparse, query);
    }

    private async ValueTask<List<Ranked>> RankAsync(
        IChunkReader index, string query, LexicalQuery words, int pool, IndexManifest manifest, CancellationToken cancellationToken)
    {
        if (_embedder is null || (manifest.Embedding is null && _options.Mode == RetrievalMode.Hybrid))
        {
            ChunkScores found = await words.SearchAsync(index, pool, cancellationToken).ConfigureAwait(false);
            return Sort([.. found.Ids.Select((id, i) => new Ranked(id, found.Scores[i], found.Scores[i], null))]);
        }

        EmbeddingIdentity stored = manifest.Embedding
            ?? throw new IncompatibleException("The index has no vectors; build it anew with the embedding model, or search by words.");
        _embedder.Check(stored);

        // The text side runs on another thread, so that a store that works synchronously does not wait for the embedding.
        Task<ChunkScores> textSearch = _options.Mode == RetrievalMode.Dense
            ? Task.FromResult(Nothing)
            : Task.Run(() => words.SearchAsync(index, pool, cancellationToken), cancellationToken);
        Task<(ReadOnlyMemory<float> Vector, ChunkScores Found)> denseSearch = SearchDenseAsync(index, query, pool, stored.Dimensions, cancellationToken);
        await Task.WhenAll(textSearch, denseSearch).ConfigureAwait(false);
        (ReadOnlyMemory<float> vector, ChunkScores dense) = await denseSearch.ConfigureAwait(false);
        ChunkScores text = await textSearch.ConfigureAwait(false);
        return _options.Mode == RetrievalMode.Dense
            ? Sort([.. dense.Ids.Select((id, i) => new Ranked(id, dense.Scores[i], null, dense.Scores[i]))])
            : await FuseAsync(index, words, vector, pool, dense, text, cancellationToken).ConfigureAwait(false);
    }

    private async Task<(ReadOnlyMemory<float> Vector, ChunkScores Found)> SearchDenseAsync(
        IChunkReader index, string query, int pool, int dimensions, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<float> vector = await _embedder!.EmbedAsync(query, dimensions, cancellationToken).ConfigureAwait(false);
        return (vector, await index.SearchVectorAsync(vector, pool, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<List<Ranked>> FuseAsync(
        IChunkReader index, LexicalQuery words, ReadOnlyMemory<float> vector, int pool, ChunkScores dense, ChunkScores text, CancellationToken cancellationToken)
    {
        List<string> union = CandidateSet.Union(dense, text);
        IReadOnlyList<float>? trueDense = await index.ScoreVectorAsync(vector, union, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<float>? trueText = await words.ScoreAsync(index, union, cancellationToken).ConfigureAwait(false);
        CandidateSet candidates = CandidateSet.Create(union, dense, text, trueDense, trueText, textIsWhole: text.Ids.Count < pool);
        double[] scores = new double[candidates.Ids.Count];
        _options.Fusion.Fuse(candidates.Dense, candidates.Text, scores);
        return Sort([.. candidates.Ids.Select((id, i) => new Ranked(
            id,
            scores[i],
            trueText is null && candidates.Text.Ranks[i] == 0 ? null : candidates.Text.Scores[i],
            trueDense is null && candidates.Dense.Ranks[i] == 0 ? null : candidates.Dense.Scores[i]))]);
    }

    private static async ValueTask<IReadOnlyList<RetrievedChunk>> LoadAsync(
        IChunkReader index, List<Ranked> ranked, LexicalQuery words, int top, CancellationToken cancellationToken)
    {
        List<Ranked> best = ranked.GetRange(0, Math.Min(top, ranked.Count));
        if (best.Count == 0)
        {
            return [];
        }

        IReadOnlyList<Chunk> chunks = await index.GetChunksAsync([.. best.Select(item => item.Id)], cancellationToken).ConfigureAwait(false);
        Dictionary<string, Chunk> byId = chunks.ToDictionary(chunk => chunk.Id, StringComparer.Ordinal);
        return [.. best.Where(item => byId.ContainsKey(item.Id)).Select(item => words.Mark(new RetrievedChunk(byId[item.Id], item.Score, null, item.Dense), item.Lexical))];
    }

    private static List<Ranked> Sort(List<Ranked> ranked)
    {
        ranked.Sort((a, b) => b.Score.CompareTo(a.Score) is not 0 and int order ? order : string.CompareOrdinal(a.Id, b.Id));
        return ranked;
    }

    private readonly record struct Ranked(string Id, double Score, float? Lexical, float? Dense);
}
