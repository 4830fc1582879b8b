using Rag.Index;

namespace Rag.Retrieval;

/// <summary>
/// Orders chunks by late interaction: for each token of the question the passage's nearest token, summed (Khattab and Zaharia, arXiv
/// 2004.12832). Takes the token vectors that an index stores, where they are the model's own and the scope shows the chunk, and encodes
/// the text of every other chunk. Safe for concurrent use.
/// </summary>
public sealed class LateInteractionReranker : IReranker
{
    private readonly ILateInteractionEncoder _encoder;
    private readonly IChunkIndex? _index;

    /// <summary>Creates the reranker.</summary>
    /// <param name="encoder">Encodes questions, and passages that are not stored.</param>
    /// <param name="index">Where the chunks come from, and token vectors may be stored; null to encode every passage.</param>
    public LateInteractionReranker(ILateInteractionEncoder encoder, IChunkIndex? index = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        (_encoder, _index) = (encoder, index);
    }

    /// <inheritdoc/>
    /// <remarks>Reads stored vectors of what is open to all; other chunks are encoded.</remarks>
    public ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default) =>
        RerankAsync(query, chunks, SearchScope.Public, cancellationToken);

    /// <inheritdoc/>
    /// <remarks>Equals keep their order.</remarks>
    /// <exception cref="CorruptException">The model gave another number of texts than it got, or vectors that do not fit.</exception>
    public async ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(
        string query, IReadOnlyList<RetrievedChunk> chunks, SearchScope scope, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(chunks);
        ArgumentNullException.ThrowIfNull(scope);
        if (chunks.Count < 2)
        {
            return chunks;
        }

        MultiVector question = Checked(await _encoder.EncodeQuestionsAsync([query], cancellationToken).ConfigureAwait(false), 1)[0];
        float[] scores = await ReadAsync(question, chunks, scope, cancellationToken).ConfigureAwait(false);
        int[] missing = [.. Enumerable.Range(0, scores.Length).Where(i => float.IsNaN(scores[i]))];
        if (missing.Length > 0)
        {
            string[] texts = [.. missing.Select(i => chunks[i].Chunk.IndexedText)];
            IReadOnlyList<MultiVector> passages = Checked(await _encoder.EncodePassagesAsync(texts, cancellationToken).ConfigureAwait(false), texts.Length);
            for (int i = 0; i < missing.Length; i++)
            {
                scores[missing[i]] = question.MaxSim(passages[i]);
            }
        }

        return [.. chunks.Select((chunk, i) => chunk with { Score = scores[i], RetrievalScore = chunk.RetrievalScore ?? chunk.Score }).OrderByDescending(chunk => chunk.Score)];
    }

    // NaN for what has no stored vectors.
    private async ValueTask<float[]> ReadAsync(MultiVector question, IReadOnlyList<RetrievedChunk> chunks, SearchScope scope, CancellationToken cancellationToken)
    {
        IReadOnlyList<float>? stored = null;
        if (_index?.Within(scope) is { } index && (await index.GetManifestAsync(cancellationToken).ConfigureAwait(false))?.Tokens == _encoder.Identity)
        {
            stored = await index.ScoreTokensAsync(question, [.. chunks.Select(chunk => chunk.Chunk.Id)], cancellationToken).ConfigureAwait(false);
        }

        return stored is null ? [.. Enumerable.Repeat(float.NaN, chunks.Count)] : [.. stored];
    }

    private IReadOnlyList<MultiVector> Checked(IReadOnlyList<MultiVector> vectors, int count) =>
        vectors.Count == count && vectors.All(vector => vector.Dimensions == _encoder.Identity.Dimensions)
            ? vectors
            : throw new CorruptException($"The model {_encoder.Identity.Model} gave token vectors of {vectors.Count} texts instead of {count}, or of a wrong length.");
}
