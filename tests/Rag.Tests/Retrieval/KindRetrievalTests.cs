using Rag.Chunking;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Tests.Fakes;

namespace Rag.Tests.Retrieval;

/// <summary>Ingestion and retrieval with sparse vectors and token vectors, on the embedded index.</summary>
public sealed class KindRetrievalTests : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rag-kinds-");
    private readonly FakeSource _source = new FakeSource().With("a.txt", "apples and pears").With("b.txt", "boats by night").With("c.txt", "cold seas");
    private readonly FakeKindEncoder _sparse = new(), _tokens = new();
    private SqliteChunkIndex? _index;

    public async ValueTask DisposeAsync()
    {
        if (_index is not null)
        {
            await _index.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Ingestion_EncodesEachTextOnce_AndTakesStoredVectorsForTheSameText()
    {
        await RunAsync();
        Assert.Equal(["apples and pears", "boats by night", "cold seas"], _sparse.Texts.Order());
        Assert.Equal(_sparse.Texts.Order(), _tokens.Texts.Order());
        _source.With("d.txt", "cold seas").With("e.txt", "warm seas").With("f.txt", "warm seas").Without("b.txt");
        _sparse.Texts.Clear();
        _tokens.Texts.Clear();
        IngestionResult result = await RunAsync();
        Assert.Equal((3, 1), (result.Added, result.Removed));
        Assert.Equal(["warm seas"], _sparse.Texts);
        Assert.Equal(["warm seas"], _tokens.Texts);
        Assert.Empty(await _index!.VerifyAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Ingestion_OfAVectorThatCannotBeStored_FailsThatDocumentAlone()
    {
        _source.With("bad.txt", "this one is SPOILT");
        IngestionResult result = await RunAsync();
        IngestionFailure failure = Assert.Single(result.Failed);
        Assert.Equal("bad.txt", failure.Document);
        Assert.Contains("names place 26 where the model fake-kinds has 26", failure.Error, StringComparison.Ordinal);
        Assert.Equal(3, result.Added);
    }

    [Fact]
    public async Task Ingestion_WithAnotherModel_IsRefusedByItsName()
    {
        await RunAsync();
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await Pipeline(new FakeKindEncoder("another"), _tokens).RunAsync());
        Assert.Contains("sparse vectors' embedding model: \"fake-kinds\" there, \"another\" here", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hybrid_WithASparseEncoder_FusesItInThePlaceOfBm25()
    {
        await RunAsync();
        IReadOnlyList<RetrievedChunk> found = await new HybridRetriever(_index!, new FakeEmbedder(), sparse: _sparse).RetrieveAsync("abc", 3);
        Assert.Equal(3, found.Count);
        Assert.All(found, item =>
        {
            Assert.Null(item.Bm25);
            Assert.NotNull(item.Dense);
            Assert.Equal(FakeKindEncoder.Sparse("abc").Dot(FakeKindEncoder.Sparse(item.Chunk.Text)), item.Sparse);
        });
    }

    [Fact]
    public async Task Hybrid_InModeBm25_LeavesTheSparseEncoderAlone()
    {
        await RunAsync();
        _sparse.Texts.Clear();
        RetrievedChunk found = Assert.Single(await new HybridRetriever(_index!, options: new() { Mode = RetrievalMode.Bm25 }, sparse: _sparse).RetrieveAsync("apples", 3));
        Assert.True(found is { Bm25: > 0, Sparse: null });
        Assert.Empty(_sparse.Texts);
    }

    [Fact]
    public async Task Hybrid_OfAnIndexWithoutSparseVectors_IsAsWithoutTheEncoder()
    {
        await RunAsync(sparse: false);
        Assert.Equal(
            await new HybridRetriever(_index!, new FakeEmbedder()).RetrieveAsync("cold boats", 3),
            await new HybridRetriever(_index!, new FakeEmbedder(), sparse: _sparse).RetrieveAsync("cold boats", 3));
    }

    [Fact]
    public async Task Hybrid_WithAnotherSparseModel_IsRefusedByItsName()
    {
        await RunAsync();
        HybridRetriever retriever = new(_index!, sparse: new FakeKindEncoder("another"));
        Assert.Contains("but the model at hand is another", (await Assert.ThrowsAsync<IncompatibleException>(async () => await retriever.RetrieveAsync("x", 1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LateInteraction_TakesWhatIsStored_AndEncodesWhatTheScopeOrTheModelHides()
    {
        _source.With("secret.txt", "cold cold cold");
        await RunAsync(attributes: item => item.Id == "secret.txt" ? new() { Access = ["ann"] } : null);
        IChunkReader all = _index!.Within(SearchScope.Unrestricted);
        List<RetrievedChunk> chunks = [];
        foreach (string id in (string[])["a.txt", "c.txt", "secret.txt"])
        {
            chunks.Add(new((await all.GetDocumentChunksAsync(id, TestContext.Current.CancellationToken))[0], chunks.Count, null, null));
        }

        float[] expected = [.. chunks.Select(chunk => FakeKindEncoder.Tokens("cold night").MaxSim(FakeKindEncoder.Tokens(chunk.Chunk.Text)))];
        LateInteractionReranker reranker = new(_tokens, _index);
        foreach ((SearchScope scope, string[] encoded) in new[] { (new SearchScope(null, new Principal("ann")), (string[])[]), (SearchScope.Public, ["cold cold cold"]) })
        {
            _tokens.Texts.Clear();
            IReadOnlyList<RetrievedChunk> ordered = await reranker.RerankAsync("cold night", chunks, scope, TestContext.Current.CancellationToken);
            Assert.Equal(encoded, _tokens.Texts);
            Assert.Equal(chunks.Zip(expected).OrderByDescending(pair => pair.Second).Select(pair => (pair.First.Chunk.Id, (double)pair.Second, pair.First.RetrievalScore ?? pair.First.Score)), ordered.Select(item => (item.Chunk.Id, item.Score, item.RetrievalScore!.Value)));
        }

        FakeKindEncoder other = new("another");
        await new LateInteractionReranker(other, _index).RerankAsync("cold night", chunks, SearchScope.Unrestricted, TestContext.Current.CancellationToken);
        Assert.Equal(3, other.Texts.Count);
    }

    private async Task<IngestionResult> RunAsync(bool sparse = true, Func<Documents.SourceItem, Documents.DocumentAttributes?>? attributes = null)
    {
        _index ??= await SqliteChunkIndex.OpenAsync(_folder.FullName, cancellationToken: TestContext.Current.CancellationToken);
        return await Pipeline(sparse ? _sparse : null, _tokens, attributes).RunAsync(cancellationToken: TestContext.Current.CancellationToken);
    }

    private IngestionPipeline Pipeline(ISparseEncoder? sparse, ILateInteractionEncoder? tokens, Func<Documents.SourceItem, Documents.DocumentAttributes?>? attributes = null) =>
        new(_source, [new FakeReader()], new StructureChunker(), new FakeEmbedder(), _index!, new() { Attributes = attributes }, sparseEncoder: sparse, lateInteractionEncoder: tokens);
}
