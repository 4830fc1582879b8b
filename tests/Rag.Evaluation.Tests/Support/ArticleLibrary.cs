using Rag.Chunking;
using Rag.Documents;
using Rag.Evaluation.Articles;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Support;

/// <summary>Articles ingested the ordinary way into an index of their own, without an encoder.</summary>
internal sealed class ArticleLibrary : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private ArticleLibrary(TemporaryFolder folder, ArticleSet set, SqliteChunkIndex store)
    {
        _folder = folder;
        Set = set;
        Store = store;
        Index = new RememberingIndex(store);
    }

    public ArticleSet Set { get; }

    public SqliteChunkIndex Store { get; }

    public RememberingIndex Index { get; }

    public static async Task<ArticleLibrary> OpenAsync(string json)
    {
        var folder = new TemporaryFolder();
        string documents = Directory.CreateDirectory(folder.File("documents")).FullName;
        await File.WriteAllTextAsync(folder.File("set.json"), json);
        ArticleSet set = await SquadArticles.ReadAsync(folder.File("set.json"));
        await ArticleFolder.WriteAsync(set.Articles, documents);
        var library = new ArticleLibrary(folder, set, await SqliteChunkIndex.OpenAsync(folder.File("index"), new ChunkIndexOptions()));
        IngestionResult result = await new IngestionPipeline(
            new FolderSource(documents), DocumentReaders.CreateDefault(), new StructureChunker(new WordTokenCounter()), null, library.Index).RunAsync();
        Assert.Empty(result.Failed);
        Assert.Equal(set.Articles.Select(article => article.FileName).Order(), (await library.Index.GetDocumentStampsAsync()).Keys.Order());
        return library;
    }

    public AnswerPipeline Pipeline(ScriptedGenerator generator) => new(new HybridRetriever(Index), generator);

    /// <summary>Everything stored, as text: ids of chunks by document, and what two searches find with which scores.</summary>
    public async Task<string> DescribeAsync()
    {
        Assert.Empty(await Store.VerifyAsync());
        List<string> lines = [];
        foreach (string document in (await Store.GetDocumentStampsAsync()).Keys.Order(StringComparer.Ordinal))
        {
            lines.Add($"{document}: {string.Join(',', (await Store.GetDocumentChunksAsync(document)).Select(chunk => chunk.Id))}");
        }

        ChunkScores found = await Store.SearchTextAsync("lamp river tower", 10);
        return string.Join('\n', [.. lines, string.Join(',', found.Ids), string.Join(',', found.Scores), $"{found.StandardDeviation}"]);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}
