using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Documents;
using Rag.Evaluation.Datasets;
using Rag.Index;

namespace Rag.Evaluation.Collections;

/// <summary>
/// Stores a collection in an index with one chunk per document, uncut: words are indexed whole, and the encoder cuts at its own
/// window. This is how published figures of such collections are made; how documents are chunked plays no part.
/// </summary>
public static class CollectionIndexer
{
    private const int Batch = 256;
    private const string Whole = "whole-documents/1";

    /// <summary>Fills an empty index.</summary>
    /// <param name="collection">What to store.</param>
    /// <param name="index">Where; its earlier content is dropped.</param>
    /// <param name="embedder">Makes the vectors; null for words alone.</param>
    /// <param name="progress">Told how many documents are stored.</param>
    /// <param name="cancellationToken">Ends the work between documents.</param>
    public static async Task FillAsync(
        RetrievalCollection collection,
        IChunkIndex index,
        IEmbeddingGenerator<string, Embedding<float>>? embedder,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(collection);
        ArgumentNullException.ThrowIfNull(index);
        var identity = embedder?.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;
        await index.SetManifestAsync(new IndexManifest(identity, Whole, ""), replace: true, cancellationToken).ConfigureAwait(false);
        int done = 0;
        foreach (RetrievalDocument[] batch in collection.Documents.Chunk(Batch))
        {
            GeneratedEmbeddings<Embedding<float>>? vectors = embedder is null
                ? null
                : await embedder.GenerateAsync(batch.Select(document => identity?.DocumentPrefix + document.FullText), null, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < batch.Length; i++)
            {
                await index.UpsertAsync(ToIndexed(batch[i], vectors?[i].Vector), cancellationToken).ConfigureAwait(false);
                progress?.Report(++done);
            }
        }
    }

    private static IndexedDocument ToIndexed(RetrievalDocument source, ReadOnlyMemory<float>? vector)
    {
        string text = source.FullText;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        var document = new Document { Id = source.Id, Text = text, ContentHash = hash };
        if (text.Length == 0)
        {
            return new IndexedDocument(document, Whole, [], vector is null ? null : []);
        }

        var chunk = new Chunk { Id = source.Id, DocumentId = source.Id, Ordinal = 0, Range = new TextRange(0, text.Length), Text = text };
        return new IndexedDocument(document, Whole, [chunk], vector is null ? null : [vector.Value]);
    }
}
