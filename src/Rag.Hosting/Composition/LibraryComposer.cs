using Microsoft.Extensions.AI;
using Rag.Answering;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;
using Rag.Hosting.Access;
using Rag.Hosting.Models;
using Rag.Index;
using Rag.Index.Caching;
using Rag.Ingestion;
using Rag.Models.Packing;
using Rag.Prompting;
using Rag.Reading;
using Rag.Retrieval;
using Rag.Runtime.Embedding;
using Rag.Runtime.Generation;
using Rag.Runtime.Reading;
using Rag.Runtime.Reranking;
using Rag.Runtime.Sessions;
using Rag.Starter;

namespace Rag.Hosting.Composition;

/// <summary>
/// Puts the parts of a library together, and takes them apart again in the opposite order. The one place that knows which
/// classes stand behind the seams.
/// </summary>
internal sealed class LibraryComposer(RagOptions options, RagComponents components, string documents, string indexFolder) : IAsyncDisposable
{
    // Passages that the reader reads: more make answers no better.
    private const int ReadPool = 10;

    private readonly Stack<object> _owned = new();
    private readonly AccessMemory _access = new(indexFolder, documents);
    private ModelPolicy? _policy;
    private EmbeddingCache? _cache;

    /// <summary>Opens the index for reading, and the sentence encoder.</summary>
    public async Task<OpenLibrary> OpenAsync(Action<string?> notice, CancellationToken cancellationToken)
    {
        CheckFolder();
        if (!File.Exists(Path.Combine(indexFolder, "index.db")))
        {
            await (await OpenWriterAsync(cancellationToken).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }

        // What an earlier release made is brought up to date before it is read.
        await SqliteChunkIndex.UpgradeAsync(indexFolder, cancellationToken: cancellationToken).ConfigureAwait(false);
        IChunkIndex index = Own<IChunkIndex>(await SqliteChunkIndex.OpenAsync(
            indexFolder, new ChunkIndexOptions { ReadOnly = true }, cancellationToken).ConfigureAwait(false));
        IEmbeddingGenerator<string, Embedding<float>>? embedder = components.EmbeddingGenerator
            ?? await OpenEmbedderAsync(index, notice, cancellationToken).ConfigureAwait(false);
        return new OpenLibrary(index, embedder, new HybridRetriever(index, embedder));
    }

    /// <summary>Opens the index for writing: one writer at a time, of all processes. The caller disposes it.</summary>
    /// <exception cref="UnavailableException">Another writer has it open, or the folder cannot be written; its location is that folder.</exception>
    public async Task<IChunkIndex> OpenWriterAsync(CancellationToken cancellationToken) =>
        await SqliteChunkIndex.OpenAsync(indexFolder, new ChunkIndexOptions(), cancellationToken).ConfigureAwait(false);

    /// <summary>Who may read which documents; null where that was never said. Called with the index open for writing.</summary>
    public async Task<AccessFile?> TakeAccessAsync(CancellationToken cancellationToken) => await _access.TakeAsync(options.AccessFile, cancellationToken).ConfigureAwait(false);

    /// <summary>Whether the index keeps some documents from some.</summary>
    public async Task<bool> IsRestrictedAsync(IChunkIndex index, CancellationToken cancellationToken) =>
        _access.Exists
        || (await index.GetManifestAsync(cancellationToken).ConfigureAwait(false))?.IsProtected == true
        || await index.CountAsync(cancellationToken).ConfigureAwait(false) != await index.Within(SearchScope.Unrestricted).CountAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>A document's way.</summary>
    public IngestionPipeline CreateIngestionPipeline(OpenLibrary open, IChunkIndex writer, AccessFile? access)
    {
        var counter = open.Embedder?.GetService(typeof(ITokenCounter)) as ITokenCounter ?? new WordTokenCounter();
        return new IngestionPipeline(
            new SourceWithoutFolder(new FolderSource(documents), RelativeIndexFolder()),
            DocumentReaders.CreateDefault(),
            new StructureChunker(counter, new ChunkingOptions()),
            Cached(open.Embedder),
            writer,
            Ingestion(access),
            components.TimeProvider);
    }

    /// <summary>Opens what a question needs: the reader, and the language model or what stands in for it.</summary>
    public async Task<QuestionParts> CreateAnsweringAsync(OpenLibrary open, Action<string?> notice, CancellationToken cancellationToken)
    {
        ISpanReader? reader = await OpenReaderAsync(notice, cancellationToken).ConfigureAwait(false);
        IAnswerGenerator generator = await CreateGeneratorAsync(open, reader, notice, cancellationToken).ConfigureAwait(false);
        return await OpenRerankerAsync(cancellationToken).ConfigureAwait(false) is { } reranker
            ? new QuestionParts(generator, reranker, options.RerankerPool)
            : new QuestionParts(generator, reader is null ? null : new ReadingReranker(reader), ReadPool);
    }

    /// <summary>Whether a cross-encoder orders passages, so that searches are ordered too.</summary>
    public bool HasReranker => components.Reranker is not null || Policy().NamesReranker;

    /// <summary>The encoder with the cache before it, where there is to be one.</summary>
    private IEmbeddingGenerator<string, Embedding<float>>? Cached(IEmbeddingGenerator<string, Embedding<float>>? embedder)
    {
        if (embedder is null || options.EmbeddingCache is not { } file)
        {
            return embedder;
        }

        _cache ??= Own(EmbeddingCache.Open(file));
        return new CachedEmbeddingGenerator(embedder, _cache);
    }

    private async Task<IReranker?> OpenRerankerAsync(CancellationToken cancellationToken)
    {
        if (components.Reranker is { } brought)
        {
            return brought;
        }

        ModelChoice choice = await Policy().ChooseRerankerAsync(cancellationToken).ConfigureAwait(false);
        return choice.Folder is null ? null : Own(await Task.Run(() => CrossEncoder.Load(choice.Folder, new CrossEncoderOptions { Runtime = Runtime(WeightPrecision.Single) }), cancellationToken).ConfigureAwait(false));
    }

    private async Task<ISpanReader?> OpenReaderAsync(Action<string?> notice, CancellationToken cancellationToken)
    {
        if (components.SpanReader is { } brought)
        {
            return new RememberingSpanReader(brought);
        }

        ModelChoice choice = await Policy().ChooseReaderAsync(cancellationToken).ConfigureAwait(false);
        notice(choice.Notice);
        var reading = new SpanReaderOptions { Runtime = Runtime(WeightPrecision.Single), TokenizerFolder = choice.Folder == StarterModels.ReaderFolder ? StarterModels.EmbedderFolder : null };
        if (choice.Folder is null)
        {
            return null;
        }

        SpanReader reader = Own(await Task.Run(() => SpanReader.Load(choice.Folder, reading), cancellationToken).ConfigureAwait(false));
        notice(reader.DeviceNotice);
        return new RememberingSpanReader(reader);
    }

    private async Task<IAnswerGenerator> CreateGeneratorAsync(OpenLibrary open, ISpanReader? reader, Action<string?> notice, CancellationToken cancellationToken)
    {
        IChatClient? chat = components.ChatClient;
        if (chat is null)
        {
            ModelChoice choice = await Policy().ChooseChatModelAsync(reader is not null, cancellationToken).ConfigureAwait(false);
            notice(choice.Notice);
            if (choice.Folder is null)
            {
                return await CreateExtractiveAsync(open, reader, cancellationToken).ConfigureAwait(false);
            }

            var model = new LocalModelOptions { ModelId = choice.Reference == choice.Folder ? null : choice.Reference, PackingProgress = components.PackingProgress };
            model.Runtime = Runtime(options.ChatWeights);
            LocalChatClient local = Own(await LocalChatClient.LoadAsync(choice.Folder, model, components.TimeProvider, cancellationToken).ConfigureAwait(false));
            foreach (string said in local.Notices)
            {
                notice(said);
            }

            chat = local;
        }

        var answering = new ChatAnswerOptions
        {
            Temperature = options.Temperature,
            Seed = options.Seed,
            Prompt = new PromptOptions { AnswerTokens = options.MaxAnswerTokens },
        };
        if (options.QuotedAnswers && chat.GetService(typeof(LocalChatClient)) is not null)
        {
            answering.Quotes = QuotedAnswers.Bind;
            answering.Prompt.Instructions = PromptTexts.QuotingInstructions;
        }
        else if (options.QuotedAnswers)
        {
            notice("The answer is not held to quotes: only a language model that runs in this process can be.");
        }

        return new ChatAnswerGenerator(chat, open.Index, answering, components.TimeProvider);
    }

    /// <summary>The best sentences, and with a reader the words in them.</summary>
    private async Task<IAnswerGenerator> CreateExtractiveAsync(OpenLibrary open, ISpanReader? reader, CancellationToken cancellationToken)
    {
        double unrelated = open.Embedder is null ? 0 : await SimilarityBaseline.MeasureAsync(open.Embedder, cancellationToken).ConfigureAwait(false);
        return AnswerGenerators.WithoutLanguageModel(open.Index, open.Embedder, reader, unrelated, timeProvider: components.TimeProvider);
    }

    /// <summary>A question's way.</summary>
    public AnswerPipeline CreateAnswerPipeline(OpenLibrary open, QuestionParts answering) => new(
        open.Retriever,
        answering.Generator,
        new AnswerOptions { Top = options.Top, MaxTop = Math.Max(options.Top, 1_000), MaxQuestionCharacters = options.MaxQuestionLength, RerankPool = answering.Pool },
        components.TimeProvider,
        answering.Reranker);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_owned.TryPop(out object? part))
        {
            if (part is IAsyncDisposable asynchronous)
            {
                await asynchronous.DisposeAsync().ConfigureAwait(false);
            }
            else
            {
                (part as IDisposable)?.Dispose();
            }
        }
    }

    private async Task<IEmbeddingGenerator<string, Embedding<float>>?> OpenEmbedderAsync(
        IChunkIndex index, Action<string?> notice, CancellationToken cancellationToken)
    {
        var origin = new IndexOrigin(indexFolder);
        IndexManifest? manifest = await index.GetManifestAsync(cancellationToken).ConfigureAwait(false);
        bool empty = manifest is null || (await index.GetDocumentStampsAsync(cancellationToken).ConfigureAwait(false)).Count == 0;
        BuiltWith? built = empty
            ? null
            : new BuiltWith(await origin.ReadAsync(cancellationToken).ConfigureAwait(false), manifest!.Embedding is not null, manifest.Embedding?.Model);

        ModelChoice choice = await Policy().ChooseEmbedderAsync(built, cancellationToken).ConfigureAwait(false);
        notice(choice.Notice);
        WeightPrecision weights = options.EmbeddingWeights ?? (empty || manifest!.Embedding is null ? WeightPrecision.Single : SentenceEmbedder.WeightsOf(manifest.Embedding));
        IEmbeddingGenerator<string, Embedding<float>>? embedder = choice.Folder is null
            ? null
            : Own(await EmbeddingModel.LoadAsync(choice.Folder, NameOf(choice), Runtime(weights), cancellationToken).ConfigureAwait(false));
        var identity = embedder?.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;
        if (!empty && identity != manifest!.Embedding)
        {
            notice($"The index is built anew with {Name(choice, identity)}{Form(identity)}; it was made with {manifest.Embedding?.Model ?? "no embedding model"}{Form(manifest.Embedding)}.");
        }

        if (choice.Reference is not null)
        {
            await origin.WriteAsync(choice.Reference, cancellationToken).ConfigureAwait(false);
        }

        return embedder;
    }

    // A model from the hub lies in a folder that is named by its commit.
    private static string? NameOf(ModelChoice choice) => choice.Reference == choice.Folder ? null : choice.Reference;

    private RuntimeOptions Runtime(WeightPrecision weights) => new() { Device = options.Device, Weights = weights };

    private static string Name(ModelChoice choice, EmbeddingIdentity? identity) => choice.Reference ?? identity?.Model ?? "no embedding model";

    private static string Form(EmbeddingIdentity? identity) => identity is not null && SentenceEmbedder.WeightsOf(identity) == WeightPrecision.Int8 ? " in int8" : "";

    private ModelPolicy Policy() =>
        _policy ??= new ModelPolicy(options, Own(new HubModelSource(options.Offline, components)), Environment.GetEnvironmentVariable, StarterModels.EmbedderFolder, StarterModels.ReaderFolder);

    // What differs by now was either decided above or is another version's way of cutting and indexing: the index follows.
    private IngestionOptions Ingestion(AccessFile? access) => new()
    {
        MaxFileBytes = options.Ingestion.MaxFileBytes,
        EmbeddingBatchSize = options.Ingestion.EmbeddingBatchSize,
        MaxPendingCharacters = options.Ingestion.MaxPendingCharacters,
        AnalyzerFingerprint = options.Ingestion.AnalyzerFingerprint,
        Attributes = access is null ? options.Ingestion.Attributes : item => options.Ingestion.Attributes?.Invoke(item) ?? access.For(item.Id),
        Protect = options.Ingestion.Protect,
        ReplaceIncompatible = true,
    };

    // The index is no document; ".rag" is passed over anyway, another place inside the folder is not.
    private string? RelativeIndexFolder()
    {
        string relative = Path.GetRelativePath(documents, indexFolder).Replace('\\', '/');
        return Path.IsPathRooted(relative) || relative.Split('/')[0] is "." or ".." ? null : relative;
    }

    private void CheckFolder()
    {
        if (File.Exists(documents))
        {
            throw new UnavailableException($"'{documents}' is a file; name the folder that holds it.", documents);
        }

        if (!Directory.Exists(documents))
        {
            throw new UnavailableException($"There is no folder '{documents}'.", documents);
        }

        if (File.Exists(indexFolder))
        {
            throw new UnavailableException($"The index cannot live in '{indexFolder}', which is a file.", indexFolder);
        }
    }

    private T Own<T>(T part)
        where T : notnull
    {
        _owned.Push(part);
        return part;
    }
}
