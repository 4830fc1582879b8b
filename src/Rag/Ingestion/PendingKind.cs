using Rag.Chunks;

namespace Rag.Ingestion;

/// <summary>
/// The sparse vectors, or the token vectors, of the chunks that wait, by what is encoded: those that the index has already, and those that
/// the model made in this call. Equal texts share one. State of one call.
/// </summary>
/// <param name="model">The model's name.</param>
/// <param name="batchSize">Texts to a call at most.</param>
/// <param name="encode">The model.</param>
/// <param name="fault">Why a vector cannot be stored, or null.</param>
internal sealed class PendingKind<TVector>(
    string model, int batchSize, Func<IReadOnlyList<string>, CancellationToken, ValueTask<IReadOnlyList<TVector>>> encode, Func<TVector, string?> fault)
    where TVector : class
{
    private readonly Dictionary<string, TVector> _vectors = new(StringComparer.Ordinal);

    /// <summary>Takes what the index has.</summary>
    public async ValueTask LookUpAsync(
        IReadOnlyList<PendingDocument> documents, Func<IReadOnlyList<Chunk>, CancellationToken, ValueTask<IReadOnlyList<TVector?>>> find, CancellationToken cancellationToken)
    {
        List<Chunk> chunks = Missing(documents);
        IReadOnlyList<TVector?> found = chunks.Count == 0 ? [] : await find(chunks, cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < chunks.Count; i++)
        {
            if (found[i] is { } vector)
            {
                _vectors.Add(chunks[i].IndexedText, vector);
            }
        }
    }

    /// <summary>Encodes what documents still lack.</summary>
    /// <exception cref="CorruptException">The model gave another number of vectors than it got texts, or one that cannot be stored; those that can are kept.</exception>
    public async ValueTask AddAsync(IReadOnlyList<PendingDocument> documents, CancellationToken cancellationToken)
    {
        CorruptException? first = null;
        foreach (Chunk[] batch in Missing(documents).Chunk(batchSize))
        {
            IReadOnlyList<TVector> made = await encode([.. batch.Select(chunk => chunk.IndexedText)], cancellationToken).ConfigureAwait(false);
            if (made.Count != batch.Length)
            {
                throw new CorruptException($"The model {model} gave {made.Count} vectors for {batch.Length} chunks, the first of them '{batch[0].Id}'.", batch[0].DocumentId);
            }

            for (int i = 0; i < batch.Length; i++)
            {
                if (fault(made[i]) is { } found)
                {
                    first ??= new CorruptException($"What {model} made of chunk '{batch[i].Id}' {found}; nothing of the document was stored.", batch[i].DocumentId);
                }
                else
                {
                    _vectors[batch[i].IndexedText] = made[i];
                }
            }
        }

        if (first is not null)
        {
            throw first;
        }
    }

    /// <summary>A document's vectors in the order of its chunks, all of which must be known.</summary>
    public IReadOnlyList<TVector> Of(PendingDocument document) => [.. document.Chunks.Select(chunk => _vectors[chunk.IndexedText])];

    private List<Chunk> Missing(IReadOnlyList<PendingDocument> documents)
    {
        HashSet<string> texts = new(StringComparer.Ordinal);
        return [.. documents.SelectMany(document => document.Chunks).Where(chunk => !_vectors.ContainsKey(chunk.IndexedText) && texts.Add(chunk.IndexedText))];
    }
}
