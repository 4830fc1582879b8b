using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;
using Rag.Chunking;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;
using Rag.Matching;

namespace Rag.Retrieval;

/// <summary>
/// Whether an embedder understands the documents of an index, told without judged questions: words cut from a sentence must find
/// the passage that they came from after that sentence was taken out of it, among a sample of passages. Plain words in common are
/// the measure beside it. An embedder for another language finds next to nothing this way: MRR@10 of an English encoder against
/// BM25 was .41 to .56, .23 to .31 and .31 to .30 on English collections, .065 to .49 on Korean ones.
/// </summary>
/// <param name="Queries">How many passages were looked for.</param>
/// <param name="Dense">Mean reciprocal rank at 10 by the embedder's cosines.</param>
/// <param name="Lexical">The same by words in common.</param>
public sealed record EmbedderFit(int Queries, double Dense, double Lexical)
{
    private const int Cutoff = 10;
    private const int FewestQueries = 25;
    private const double WorthComparing = .1;
    private const double PoorShare = .4;

    /// <summary>
    /// Whether the embedder does so much worse than plain words that it hardly knows the language or the subject. False where there
    /// were too few passages to tell.
    /// </summary>
    public bool IsPoor => Queries >= FewestQueries && Lexical >= WorthComparing && Dense < PoorShare * Lexical;

    /// <summary>Measures over documents that are open to all; the same index and embedder always give the same figures.</summary>
    /// <param name="index">An index that was built with the embedder.</param>
    /// <param name="embedder">The embedder.</param>
    /// <param name="options">How many passages; the defaults where null.</param>
    /// <param name="cancellationToken">Ends measuring.</param>
    public static async Task<EmbedderFit> MeasureAsync(
        IChunkIndex index, IEmbeddingGenerator<string, Embedding<float>> embedder, EmbedderFitOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(embedder);
        options ??= new();
        options.Validate();
        List<Chunk> pool = await SampleAsync(index, options.Passages, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ReadOnlyMemory<float>?> vectors = await index.FindVectorsAsync(pool, cancellationToken).ConfigureAwait(false);
        List<(int Target, string Words, string Without)> cases = [];
        for (int i = 0; i < pool.Count && cases.Count < Math.Min(options.Queries, pool.Count / 4); i++)
        {
            if (vectors[i] is not null && Cut(pool[i]) is { } cut)
            {
                cases.Add((i, cut.Words, cut.Without));
            }
        }

        if (cases.Count == 0)
        {
            return new EmbedderFit(0, 0, 0);
        }

        var identity = embedder.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity;
        GeneratedEmbeddings<Embedding<float>> made = await embedder.GenerateAsync(
            [.. cases.Select(item => identity?.QueryPrefix + item.Words), .. cases.Select(item => identity?.DocumentPrefix + item.Without)], null, cancellationToken).ConfigureAwait(false);
        List<HashSet<string>> terms = [.. pool.Select(chunk => Terms.Of(chunk.IndexedText))];
        double dense = 0, lexical = 0;
        for (int i = 0; i < cases.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (target, words, text) = cases[i];
            ReadOnlyMemory<float> query = made[i].Vector, without = made[cases.Count + i].Vector;
            dense += Reciprocal(target, pool.Count, Similarity.Cosine(query.Span, without.Span), other => vectors[other] is { } vector ? Similarity.Cosine(query.Span, vector.Span) : -1);
            HashSet<string> asked = Terms.Of(words);
            TermWeights weights = new(asked, terms);
            lexical += Reciprocal(target, pool.Count, weights.Coverage(Terms.Of(text)), other => weights.Coverage(terms[other]));
        }

        return new EmbedderFit(cases.Count, dense / cases.Count, lexical / cases.Count);
    }

    // 1 / rank of the target's score among those of the others, equal scores before it; 0 past the cutoff.
    private static double Reciprocal(int target, int count, double score, Func<int, double> scoreOf)
    {
        int rank = 1;
        for (int other = 0; other < count && rank <= Cutoff; other++)
        {
            rank += other != target && scoreOf(other) >= score ? 1 : 0;
        }

        return rank <= Cutoff ? 1.0 / rank : 0;
    }

    // Passages of documents in the order of a hash of their ids: any order that has nothing to do with what they say.
    private static async Task<List<Chunk>> SampleAsync(IChunkIndex index, int passages, CancellationToken cancellationToken)
    {
        const int MostOfADocument = 8;
        IReadOnlyDictionary<string, DocumentStamp> stamps = await index.GetDocumentStampsAsync(cancellationToken).ConfigureAwait(false);
        List<Chunk> pool = [];
        foreach (string id in stamps.Keys.OrderBy(id => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(id))), StringComparer.Ordinal))
        {
            if (pool.Count >= passages)
            {
                break;
            }

            IReadOnlyList<Chunk> chunks = await index.GetDocumentChunksAsync(id, cancellationToken).ConfigureAwait(false);
            int step = Math.Max(1, chunks.Count / MostOfADocument);
            pool.AddRange(chunks.Where((_, i) => i % step == 0).Take(Math.Min(MostOfADocument, passages - pool.Count)));
        }

        return pool;
    }

    // The middle of the passage's middle sentence that is long enough, and the passage without that sentence.
    private static (string Words, string Without)? Cut(Chunk chunk)
    {
        const int FewestCharacters = 20, MostWords = 14, MostCharacters = 100;
        List<TextRange> sentences = SentenceSplitter.Split(chunk.Text, new TextRange(0, chunk.Text.Length));
        if (sentences.Count < 2)
        {
            return null;
        }

        for (int i = 0; i < sentences.Count; i++)
        {
            TextRange range = sentences[((sentences.Count / 2) + i) % sentences.Count];
            string[] words = chunk.Text[range.Start..range.End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            int take = Math.Min(words.Length, MostWords), skip = (words.Length - take) / 2;
            string query = string.Join(' ', words.AsSpan(skip, take)!);
            if (query.Length >= FewestCharacters)
            {
                int end = Math.Min(query.Length, MostCharacters);
                end -= char.IsHighSurrogate(query[end - 1]) ? 1 : 0;
                return (query[..end], chunk.IndexedText[..^chunk.Text.Length] + chunk.Text.Remove(range.Start, range.Length));
            }
        }

        return null;
    }
}
