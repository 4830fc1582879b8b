using System.Diagnostics;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Diagnostics;
using Rag.Documents;
using Rag.Index;
using Rag.Ingestion;

namespace Rag;

/// <summary>
/// A document's way into the index: source → bytes → reader → chunker → vectors (the index's own of the same text, or the embedder's) → one transaction of the index.
/// </summary>
/// <remarks>
/// Guaranteed: a document is stored only when all of its vectors are there and sound; one document's failure is a result and
/// leaves the others alone; cancellation throws and leaves every stored document whole; running again from any state gives
/// the index that a fresh run would give. Memory holds one document beyond those that wait for a full embedding call.
/// Not guaranteed: that a failing embedding model leaves the run alive; it concerns every document, so it ends the run.
/// One run at a time per index; the pipeline itself keeps no state between runs.
/// </remarks>
public sealed class IngestionPipeline
{
    private readonly IDocumentSource _source;
    private readonly SourceReader _reader;
    private readonly IChunker _chunker;
    private readonly ChunkEmbedder? _embedder;
    private readonly KindEncoders _kinds;
    private readonly IChunkWriter _index;
    private readonly IndexManifest _manifest;
    private readonly IngestionOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Creates the pipeline.</summary>
    /// <param name="source">Where documents come from.</param>
    /// <param name="readers">One per format; the first that takes an item reads it.</param>
    /// <param name="chunker">Cuts documents into chunks.</param>
    /// <param name="embedder">
    /// Makes the vectors; its <see cref="EmbeddingIdentity"/> service is what the index records. Null for a text-only index.
    /// </param>
    /// <param name="index">Where the chunks go.</param>
    /// <param name="options">Limits and choices; the defaults where null.</param>
    /// <param name="timeProvider">The clock; the system's where null.</param>
    /// <param name="sparseEncoder">Makes sparse vectors to be stored beside; null for none.</param>
    /// <param name="lateInteractionEncoder">Makes token vectors to be stored beside; null for none.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the embedder does not say what it is.</exception>
    public IngestionPipeline(
        IDocumentSource source,
        IReadOnlyList<IDocumentReader> readers,
        IChunker chunker,
        IEmbeddingGenerator<string, Embedding<float>>? embedder,
        IChunkWriter index,
        IngestionOptions? options = null,
        TimeProvider? timeProvider = null,
        ISparseEncoder? sparseEncoder = null,
        ILateInteractionEncoder? lateInteractionEncoder = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(readers);
        ArgumentNullException.ThrowIfNull(chunker);
        ArgumentNullException.ThrowIfNull(index);
        _options = options ?? new IngestionOptions();
        _options.Validate();
        _source = source;
        _reader = new SourceReader(readers, _options.MaxFileBytes);
        _chunker = chunker;
        _embedder = embedder is null ? null : new ChunkEmbedder(embedder, _options.EmbeddingBatchSize);
        _index = index;
        _time = timeProvider ?? TimeProvider.System;

        EmbeddingIdentity? identity = embedder?.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;
        if (embedder is not null && identity is null)
        {
            throw new ArgumentException("The embedding generator has no EmbeddingIdentity service, so an index could not tell its vectors from another model's.", nameof(embedder));
        }

        _kinds = new KindEncoders(sparseEncoder, lateInteractionEncoder, _options.EmbeddingBatchSize);
        _manifest = _kinds.Declare(new IndexManifest(identity, chunker.Fingerprint, _options.AnalyzerFingerprint) { IsProtected = _options.Protect });
    }

    /// <summary>Brings the index up to date with the source.</summary>
    /// <param name="progress">Told after each document.</param>
    /// <param name="cancellationToken">Ends the run between two steps; what was stored stays.</param>
    /// <returns>What was done, and what failed, document by document.</returns>
    /// <exception cref="IncompatibleException">
    /// The index was built with something else and <see cref="IngestionOptions.ReplaceIncompatible"/> is false.
    /// </exception>
    public async Task<IngestionResult> RunAsync(IProgress<IngestionProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using Activity? activity = RagDiagnostics.Source.StartActivity(ActivityNames.Ingest);
        long started = _time.GetTimestamp();
        IReadOnlyDictionary<string, DocumentStamp> before = await _index.GetDocumentStampsAsync(cancellationToken).ConfigureAwait(false);
        bool replaced = await _index.SetManifestAsync(_manifest, _options.ReplaceIncompatible, cancellationToken).ConfigureAwait(false);
        List<SourceItem> items = await EnumerateAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyDictionary<string, DocumentStamp> stamps = replaced ? await _index.GetDocumentStampsAsync(cancellationToken).ConfigureAwait(false) : before;

        IngestionRun run = new(before, stamps, items.Count, progress);
        foreach (SourceItem item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await ReadAndChunkAsync(item, run, cancellationToken).ConfigureAwait(false) is { } document)
            {
                await EnqueueAsync(document, run, cancellationToken).ConfigureAwait(false);
            }
        }

        await StorePendingAsync(run, cancellationToken).ConfigureAwait(false);
        await RemoveVanishedAsync(run, cancellationToken).ConfigureAwait(false);
        IngestionResult result = run.ToResult(await CountChunksAsync(cancellationToken).ConfigureAwait(false), replaced, _time.GetElapsedTime(started));
        activity?.SetTag(TagNames.Documents, items.Count).SetTag(TagNames.Failures, result.Failed.Count).SetTag(TagNames.Chunks, result.Chunks);
        return result;
    }

    /// <summary>Everything that the source has. Ids and delegates only, so that the run knows its length and what vanished.</summary>
    private async Task<List<SourceItem>> EnumerateAsync(CancellationToken cancellationToken)
    {
        List<SourceItem> items = [];
        await foreach (SourceItem item in _source.EnumerateAsync(cancellationToken).ConfigureAwait(false))
        {
            items.Add(item);
        }

        return items;
    }

    /// <summary>The document cut into chunks; null where it is up to date or failed.</summary>
    private async Task<PendingDocument?> ReadAndChunkAsync(SourceItem item, IngestionRun run, CancellationToken cancellationToken)
    {
        if (!run.TryBegin(item.Id))
        {
            run.Fail(item.Id, new CorruptException($"The source offers '{item.Id}' twice; the first was taken.", item.Id));
            return null;
        }

        try
        {
            ReadOnlyMemory<byte> content = await _reader.ReadAllAsync(item, cancellationToken).ConfigureAwait(false);
            string hash = SourceReader.Hash(content.Span);
            IDocumentReader reader = _reader.Pick(item, content.Span);
            DocumentAttributes? said = _options.Attributes?.Invoke(item) ?? item.Attributes;
            DocumentAttributes attributes = said ?? new() { Access = run.AccessOf(item.Id) };
            string made = $"{reader.Format}:{reader.Fingerprint}|{_chunker.Fingerprint}", fingerprint = made + AttributesHash.Suffix(attributes);
            if (said is null ? run.HasContent(item.Id, hash, made) : run.IsUpToDate(item.Id, hash, fingerprint))
            {
                run.Keep(item.Id);
                return null;
            }

            Document document = Attribute(await reader.ReadAsync(item, content, hash, cancellationToken).ConfigureAwait(false), attributes) with { Id = item.Id, ContentHash = hash };
            if (run.HasContent(item.Id, hash, made) && await UpdateAsync(document, fingerprint, cancellationToken).ConfigureAwait(false))
            {
                run.Update(item.Id);
                return null;
            }

            return new PendingDocument(document, fingerprint, _chunker.Split(document, cancellationToken), run.Knows(item.Id));
        }
        catch (Exception exception) when (FailureMapper.IsOfDocument(exception, cancellationToken))
        {
            await RejectAsync(item.Id, exception, run, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>The document with what its source says of it; of what its content states as much as there is room for.</summary>
    private static Document Attribute(Document document, DocumentAttributes attributes)
    {
        AccessRules.Check(attributes.Access);
        IEnumerable<KeyValuePair<string, MetadataValue>> stated = document.Metadata.Where(pair => attributes.Metadata[pair.Key] is null);
        DocumentMetadata metadata = DocumentMetadata.Create(attributes.Metadata.Concat(stated).Take(DocumentMetadata.MaxNames));
        return document with { Metadata = metadata, Access = attributes.Access };
    }

    /// <summary>Gives a stored document, whose content is the same, other attributes: nothing is embedded again.</summary>
    private async Task<bool> UpdateAsync(Document document, string fingerprint, CancellationToken cancellationToken)
    {
        DocumentAttributes attributes = new() { Metadata = document.Metadata, Access = document.Access };
        return await _index.UpdateAsync(document.Id, attributes, fingerprint, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets a document wait until an embedding call is full.</summary>
    private async Task EnqueueAsync(PendingDocument document, IngestionRun run, CancellationToken cancellationToken)
    {
        run.Enqueue(document);
        if (run.PendingChunks >= _options.EmbeddingBatchSize || run.PendingCharacters >= _options.MaxPendingCharacters)
        {
            await StorePendingAsync(run, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Embeds what waits, as far as the index has no vector of the same text, and stores it together.</summary>
    private async Task StorePendingAsync(IngestionRun run, CancellationToken cancellationToken)
    {
        PendingVectors? vectors = _embedder is null ? null : await PendingVectors.LookUpAsync(_index, run.Pending, cancellationToken).ConfigureAwait(false);
        PendingKinds kinds = await _kinds.LookUpAsync(_index, run.Pending, cancellationToken).ConfigureAwait(false);
        await TryEmbedAsync(vectors, kinds, run.Pending, run, cancellationToken).ConfigureAwait(false);
        List<PendingDocument> sound = [];
        foreach (PendingDocument pending in run.Pending)
        {
            // By itself where the common call failed, so that only the culprit fails.
            RagException? fault = await TryEmbedAsync(vectors, kinds, [pending], run, cancellationToken).ConfigureAwait(false);
            if (fault is null)
            {
                sound.Add(pending);
            }
            else
            {
                await RejectAsync(pending.Document.Id, fault, run, cancellationToken).ConfigureAwait(false);
            }
        }

        await _index.UpsertManyAsync([.. sound.Select(pending => kinds.Complete(pending, vectors?.Of(pending)))], cancellationToken).ConfigureAwait(false);
        run.StorePending(sound);
    }

    /// <summary>Adds the vectors that documents still lack; what speaks against one of them comes back, what ends the run is thrown.</summary>
    private async Task<RagException?> TryEmbedAsync(PendingVectors? vectors, PendingKinds kinds, IReadOnlyList<PendingDocument> documents, IngestionRun run, CancellationToken cancellationToken)
    {
        try
        {
            RagException? fault = _embedder is not null && vectors!.Missing(documents) is { Count: > 0 } missing
                ? vectors.Add(missing, await _embedder.EmbedAsync(missing, cancellationToken).ConfigureAwait(false), _embedder, run)
                : null;
            await kinds.AddAsync(documents, cancellationToken).ConfigureAwait(false);
            return fault;
        }
        catch (RagException exception) when (exception is not UnavailableException)
        {
            return exception;
        }
    }

    /// <summary>Reports a failure and takes out what an earlier run stored: its source says something else by now.</summary>
    private async Task RejectAsync(string documentId, Exception exception, IngestionRun run, CancellationToken cancellationToken)
    {
        if (run.Knows(documentId) && await _index.DeleteAsync(documentId, cancellationToken).ConfigureAwait(false))
        {
            run.Removed++;
        }

        run.Fail(documentId, exception);
    }

    /// <summary>Takes out what the source no longer has.</summary>
    private async Task RemoveVanishedAsync(IngestionRun run, CancellationToken cancellationToken)
    {
        run.Removed += await _index.DeleteManyAsync([.. run.Vanished()], cancellationToken).ConfigureAwait(false);
    }

    private async Task<int> CountChunksAsync(CancellationToken cancellationToken) =>
        (await _index.GetDocumentStampsAsync(cancellationToken).ConfigureAwait(false)).Values.Sum(stamp => stamp.Chunks);
}
