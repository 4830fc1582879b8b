using System.Globalization;
using System.Runtime.CompilerServices;
using Rag.Answering;
using Rag.Hosting.Access;
using Rag.Hosting.Composition;
using Rag.Index;
using Rag.Ingestion;
using Rag.Retrieval;

namespace Rag.Hosting;

/// <summary>
/// A folder of documents that can be asked: the whole of Rag behind one object. Nothing is opened before it is needed; the
/// first search or question brings the index up to date unless <see cref="IngestAsync"/> did. Safe for concurrent use; ingests
/// run one at a time.
/// </summary>
public sealed class DocumentLibrary : IAsyncDisposable
{
    private readonly RagOptions _options;
    private readonly LibraryComposer _composer;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly SemaphoreSlim _ingesting = new(1, 1);
    private readonly List<string> _notices = [];
    private OpenLibrary? _open;
    private QuestionParts? _answering;
    private volatile bool _upToDate;
    private bool _disposed;

    /// <summary>Creates a library that opens its index and models when they are first needed.</summary>
    /// <param name="options">What to read and how; not to be changed afterwards.</param>
    /// <param name="components">Parts to use instead of those that the options name.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    public DocumentLibrary(RagOptions options, RagComponents? components = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        Documents = Path.GetFullPath(options.Documents);
        IndexFolder = Path.GetFullPath(options.IndexFolder ?? Path.Combine(Documents, ".rag"));
        _composer = new LibraryComposer(options, components ?? new RagComponents(), Documents, IndexFolder);
    }

    /// <summary>The folder of documents, as a full path.</summary>
    public string Documents { get; }

    /// <summary>The folder of the index, as a full path.</summary>
    public string IndexFolder { get; }

    /// <summary>Sentences that a person should see once, such as that no language model is configured.</summary>
    public IReadOnlyList<string> Notices
    {
        get
        {
            lock (_notices)
            {
                return [.. _notices];
            }
        }
    }

    /// <summary>Creates a library and opens its index and sentence encoder.</summary>
    /// <param name="options">What to read and how; not to be changed afterwards.</param>
    /// <param name="components">Parts to use instead of those that the options name.</param>
    /// <param name="cancellationToken">Ends opening, a download of the encoder included.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    /// <exception cref="RagException">The folder, the index or the encoder cannot be opened; says why.</exception>
    public static async Task<DocumentLibrary> OpenAsync(
        RagOptions options, RagComponents? components = null, CancellationToken cancellationToken = default)
    {
        var library = new DocumentLibrary(options, components);
        try
        {
            await library.EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
            return library;
        }
        catch
        {
            await library.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The index beneath, for reading.</summary>
    /// <exception cref="RagException">It cannot be opened.</exception>
    public async ValueTask<IChunkIndex> GetIndexAsync(CancellationToken cancellationToken = default) =>
        (await EnsureOpenAsync(cancellationToken).ConfigureAwait(false)).Index;

    /// <summary>
    /// Whether some documents are kept from some (<see cref="AccessRules"/>), so that what an ingest says of documents is not for everybody's eyes.
    /// </summary>
    /// <exception cref="RagException">The index cannot be opened.</exception>
    public async ValueTask<bool> IsRestrictedAsync(CancellationToken cancellationToken = default) =>
        await _composer.IsRestrictedAsync((await EnsureOpenAsync(cancellationToken).ConfigureAwait(false)).Index, cancellationToken).ConfigureAwait(false);

    /// <summary>Brings the index up to date with the folder: reads what is new or changed, removes what vanished.</summary>
    /// <param name="progress">Told after each document, on the thread that works.</param>
    /// <param name="cancellationToken">Ends the run; what was stored stays whole.</param>
    /// <exception cref="RagException">Something that concerns every document failed, or another process is writing the index.</exception>
    public async Task<IngestionResult> IngestAsync(IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        OpenLibrary open = await EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
        await _ingesting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using IChunkIndex writer = await _composer.OpenWriterAsync(cancellationToken).ConfigureAwait(false);
            AccessFile? access = await _composer.TakeAccessAsync(cancellationToken).ConfigureAwait(false);
            IngestionResult result = await _composer.CreateIngestionPipeline(open, writer, access).RunAsync(progress, cancellationToken).ConfigureAwait(false);
            _upToDate = true;
            await CheckEmbedderAsync(open, writer, result, cancellationToken).ConfigureAwait(false);
            return result;
        }
        finally
        {
            _ingesting.Release();
        }
    }

    /// <summary>
    /// As <see cref="IngestAsync"/>, but where the index cannot be written (another process is writing it, or the folder is
    /// read-only) and holds something already, it is used as it stands and <see cref="Notices"/> says so.
    /// </summary>
    /// <returns>What was done; null where nothing could be.</returns>
    /// <exception cref="RagException">Something that concerns every document failed.</exception>
    public async Task<IngestionResult?> TryIngestAsync(IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await IngestAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (UnavailableException exception) when (exception.Location == IndexFolder)
        {
            OpenLibrary open = await EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
            if ((await open.Index.GetDocumentStampsAsync(cancellationToken).ConfigureAwait(false)).Count == 0)
            {
                throw;
            }

            _upToDate = true;
            Notice($"The index was not brought up to date and is searched as it stands. {exception.Message}");
            return null;
        }
    }

    /// <summary>The passages that bear on a question, best first.</summary>
    /// <param name="query">The question.</param>
    /// <param name="top">How many at most; null for <see cref="RagOptions.Top"/>.</param>
    /// <param name="scope">Who asks, and of what; null for what is open to all.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="LimitExceededException">The question is longer than <see cref="RagOptions.MaxQuestionLength"/>.</exception>
    public async Task<IReadOnlyList<RetrievedChunk>> SearchAsync(string query, int? top = null, SearchScope? scope = null, CancellationToken cancellationToken = default)
    {
        CheckQuestion(query);
        OpenLibrary open = await EnsureUpToDateAsync(cancellationToken).ConfigureAwait(false);
        QuestionParts? parts = _options.RerankSearch || _composer.HasReranker ? await EnsureAnsweringAsync(open, cancellationToken).ConfigureAwait(false) : null;
        IRetriever retriever = parts?.Reranker is { } reranker
            ? new RerankingRetriever(open.Retriever, reranker, _composer.HasReranker ? parts.Pool : 1)
            : open.Retriever;
        return await retriever.RetrieveAsync(query, top ?? _options.Top, scope ?? SearchScope.Public, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers a question from the documents.</summary>
    /// <inheritdoc cref="AskAsync(Question, CancellationToken)"/>
    public Task<Answer> AskAsync(string question, CancellationToken cancellationToken = default) =>
        AskAsync(new Question(question), cancellationToken);

    /// <summary>Answers a question from the documents.</summary>
    /// <param name="question">The question, with earlier turns where there are any.</param>
    /// <param name="cancellationToken">Ends the call within one step of the model.</param>
    /// <exception cref="LimitExceededException">The question is longer than <see cref="RagOptions.MaxQuestionLength"/>.</exception>
    /// <exception cref="RagException">A model or the index failed; says why.</exception>
    public async Task<Answer> AskAsync(Question question, CancellationToken cancellationToken = default)
    {
        AnswerPipeline pipeline = await PrepareAsync(question, cancellationToken).ConfigureAwait(false);
        return await pipeline.AskAsync(question, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers a question from the documents, piece by piece; the last part holds the whole <see cref="Answer"/>.</summary>
    /// <inheritdoc cref="AskAsync(Question, CancellationToken)"/>
    public async IAsyncEnumerable<AnswerPart> StreamAsync(Question question, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        AnswerPipeline pipeline = await PrepareAsync(question, cancellationToken).ConfigureAwait(false);
        await foreach (AnswerPart part in pipeline.StreamAsync(question, cancellationToken).ConfigureAwait(false))
        {
            yield return part;
        }
    }

    /// <summary>Loads the reader and the language model now instead of with the first question.</summary>
    /// <exception cref="RagException">The model cannot be had or opened; says why.</exception>
    public async Task WarmUpAsync(CancellationToken cancellationToken = default) =>
        _ = await EnsureAnsweringAsync(await EnsureOpenAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _composer.DisposeAsync().ConfigureAwait(false);
        _opening.Dispose();
        _ingesting.Dispose();
    }

    // Asked when the index grew by a tenth and more: the first time, and when other documents came.
    private async Task CheckEmbedderAsync(OpenLibrary open, IChunkIndex index, IngestionResult result, CancellationToken cancellationToken)
    {
        const int Fewest = 400;
        if (!_options.CheckEmbedder || open.Embedder is not { } embedder || result.Chunks < Fewest || result.Embedded * 10L < result.Chunks)
        {
            return;
        }

        EmbedderFit fit = await EmbedderFit.MeasureAsync(index, embedder, null, cancellationToken).ConfigureAwait(false);
        if (fit.IsPoor)
        {
            string model = (embedder.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity)?.Model ?? "The encoder";
            Notice(string.Create(
                CultureInfo.InvariantCulture,
                $"{model} hardly understands these documents: words cut from {fit.Queries} passages lead back to them at a mean reciprocal rank of {fit.Dense:F2} by its vectors and {fit.Lexical:F2} by plain words. Name an encoder for their language or subject."));
        }
    }

    private async Task<AnswerPipeline> PrepareAsync(Question question, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(question);
        CheckQuestion(question.Text);
        OpenLibrary open = await EnsureUpToDateAsync(cancellationToken).ConfigureAwait(false);
        return _composer.CreateAnswerPipeline(open, await EnsureAnsweringAsync(open, cancellationToken).ConfigureAwait(false));
    }

    private void CheckQuestion(string question)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        if (question.Length > _options.MaxQuestionLength)
        {
            throw new LimitExceededException(nameof(RagOptions.MaxQuestionLength), _options.MaxQuestionLength, question.Length, "The question");
        }
    }

    private async Task<OpenLibrary> EnsureUpToDateAsync(CancellationToken cancellationToken)
    {
        if (!_upToDate)
        {
            await TryIngestAsync(null, cancellationToken).ConfigureAwait(false);
        }

        return await EnsureOpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<OpenLibrary> EnsureOpenAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Volatile.Read(ref _open) is { } already)
        {
            return already;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_open is null)
            {
                Volatile.Write(ref _open, await _composer.OpenAsync(Notice, cancellationToken).ConfigureAwait(false));
            }

            return _open!;
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<QuestionParts> EnsureAnsweringAsync(OpenLibrary open, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _answering) is { } already)
        {
            return already;
        }

        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_answering is null)
            {
                Volatile.Write(ref _answering, await _composer.CreateAnsweringAsync(open, Notice, cancellationToken).ConfigureAwait(false));
            }

            return _answering!;
        }
        finally
        {
            _opening.Release();
        }
    }

    private void Notice(string? sentence)
    {
        if (sentence is not null)
        {
            lock (_notices)
            {
                if (!_notices.Contains(sentence))
                {
                    _notices.Add(sentence);
                }
            }
        }
    }
}
