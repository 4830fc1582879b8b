using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Rag.Answering;
using Rag.Cli.Tests.Support;
using Rag.Hosting;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;

namespace Rag.Cli.Tests.Hosting;

public sealed class DocumentLibraryTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public DocumentLibraryTests() => _folder.Write("lamp.md", "# Lamps\n\nThe kitchen lamp is green.");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task First_question_brings_the_index_up_to_date()
    {
        await using DocumentLibrary library = await DocumentLibrary.OpenAsync(Options());
        Answer answer = await library.AskAsync("Is the kitchen lamp green?");
        Assert.Equal("The kitchen lamp is green.", Assert.Single(answer.Citations).Quote);
        Assert.Single(library.Notices, notice => notice.StartsWith("No language model", StringComparison.Ordinal));

        _folder.Write("chair.md", "The hall chair is red.");
        Assert.Empty(await library.SearchAsync("chair"));
        Assert.Equal(1, (await library.IngestAsync()).Added);
        Assert.Equal("chair.md", Assert.Single(await library.SearchAsync("chair")).Chunk.DocumentId);
    }

    [Fact]
    public async Task Index_that_another_writer_holds_is_searched_as_it_stands()
    {
        await using DocumentLibrary library = await DocumentLibrary.OpenAsync(Options());
        await library.IngestAsync();
        _folder.Write("chair.md", "The hall chair is red.");
        await using (await SqliteChunkIndex.OpenAsync(library.IndexFolder))
        {
            await Assert.ThrowsAsync<UnavailableException>(() => library.IngestAsync());
            await using DocumentLibrary other = await DocumentLibrary.OpenAsync(Options());
            Assert.Single(await other.SearchAsync("lamp"));
            Assert.Contains(other.Notices, notice => notice.Contains("as it stands", StringComparison.Ordinal));
        }

        Assert.Equal(1, (await library.TryIngestAsync())?.Added);
    }

    [Fact]
    public async Task Many_first_questions_at_once_ingest_once_each_or_wait()
    {
        await using var library = new DocumentLibrary(Options());
        IReadOnlyList<RetrievedChunk>[] found = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => library.SearchAsync("lamp"))));
        Assert.All(found, results => Assert.Single(results));
    }

    [Fact]
    public async Task A_text_that_another_index_had_embedded_comes_from_the_cache()
    {
        string cache = Path.Combine(_folder.Path, "..", Path.GetFileName(_folder.Path) + "-cache.db");
        try
        {
            WordEmbedder first = new(), second = new();
            foreach ((WordEmbedder embedder, string index) in new[] { (first, "one"), (second, "two") })
            {
                RagOptions options = Options();
                options.IndexFolder = Path.Combine(_folder.Path, ".rag", index);
                options.EmbeddingCache = cache;
                await using DocumentLibrary library = await DocumentLibrary.OpenAsync(options, new RagComponents { EmbeddingGenerator = embedder });
                Assert.Equal(1, (await library.IngestAsync()).Embedded);
            }

            Assert.Equal((1, 0), (first.Texts, second.Texts));
        }
        finally
        {
            File.Delete(cache);
        }
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task An_encoder_that_hardly_understands_the_documents_is_noticed(bool isNoise, bool check)
    {
        Random random = new(5);
        for (int i = 0; i < 420; i++)
        {
            _folder.Write($"{i}.txt", string.Join(' ', Enumerable.Range(0, 4).Select(_ => $"The {string.Join(' ', Enumerable.Range(0, 8).Select(_ => $"w{((i * 7) + random.Next(12)) % 400}x"))}.")));
        }

        RagOptions options = Options();
        options.CheckEmbedder = check;
        await using DocumentLibrary library = await DocumentLibrary.OpenAsync(options, new RagComponents { EmbeddingGenerator = new WordEmbedder { IsNoise = isNoise } });
        await library.IngestAsync();
        Assert.Equal(isNoise && check, library.Notices.Any(notice => notice.Contains("hardly understands", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Question_beyond_the_limit_names_it()
    {
        await using var library = new DocumentLibrary(Options());
        var error = await Assert.ThrowsAsync<LimitExceededException>(() => library.AskAsync(new string('x', 20_000)));
        Assert.Equal(nameof(RagOptions.MaxQuestionLength), error.LimitName);
        Assert.False(Directory.Exists(library.IndexFolder));
    }

    [Fact]
    public async Task Disposed_library_says_so()
    {
        var library = new DocumentLibrary(Options());
        await library.DisposeAsync();
        await library.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => library.SearchAsync("lamp"));
    }

    [Fact]
    public async Task Cancelled_ingest_throws_and_can_be_repeated()
    {
        RagOptions options = Options();
        options.Ingestion.EmbeddingBatchSize = 5;
        await using var library = new DocumentLibrary(options);
        using var cancellation = new CancellationTokenSource();
        for (int i = 0; i < 50; i++)
        {
            _folder.Write($"{i}.txt", $"Room {i} is empty.");
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => library.IngestAsync(new Stop(cancellation, after: 10), cancellation.Token));
        IngestionResult result = await library.IngestAsync();
        Assert.Equal(51, result.Added + result.Unchanged);
        Assert.InRange(result.Unchanged, 1, 50);
    }

    [Fact]
    public async Task AddRag_takes_the_containers_chat_client_and_leaves_it_alone()
    {
        using var client = new FakeChatClient();
        var services = new ServiceCollection();
        services.AddSingleton<IChatClient>(_ => client);
        services.AddRag(options =>
        {
            options.Documents = _folder.Path;
            options.EmbeddingModel = RagOptions.NoModel;
        });
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            DocumentLibrary library = provider.GetRequiredService<DocumentLibrary>();
            Assert.Same(library, provider.GetRequiredService<DocumentLibrary>());
            Answer answer = await library.AskAsync("Is the kitchen lamp green?");
            Assert.Equal("fake", answer.Generator);
            Assert.Equal("The kitchen lamp is green [1].", answer.Text);
            Assert.Equal("lamp.md", Assert.Single(answer.Citations).DocumentId);
            Assert.Empty(library.Notices);
        }
    }

    [Fact]
    public void Options_are_checked_by_name()
    {
        Assert.Contains("Documents", Assert.Throws<ArgumentException>(() => new DocumentLibrary(new RagOptions())).Message, StringComparison.Ordinal);
        Assert.Contains("Top", Assert.Throws<ArgumentException>(() => new DocumentLibrary(new RagOptions { Documents = ".", Top = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("Temperature", Assert.Throws<ArgumentException>(() => new DocumentLibrary(new RagOptions { Documents = ".", Temperature = float.NaN })).Message, StringComparison.Ordinal);
    }

    private RagOptions Options() => new() { Documents = _folder.Path, EmbeddingModel = RagOptions.NoModel, Offline = true };

    private sealed class Stop(CancellationTokenSource cancellation, int after) : IProgress<IngestionProgress>
    {
        public void Report(IngestionProgress value)
        {
            if (value.Done == after)
            {
                cancellation.Cancel();
            }
        }
    }

    private sealed class FakeChatClient : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return new ChatResponseUpdate(ChatRole.Assistant, "The kitchen lamp ");
            yield return new ChatResponseUpdate(ChatRole.Assistant, "is green [1].");
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(defaultModelId: "fake") : null;

        public void Dispose()
        {
        }
    }
}
