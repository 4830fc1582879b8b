using System.Collections;
using System.Globalization;
using System.Text;
using Rag.Chunks;
using Rag.Documents;
using Rag.Index;

namespace Rag.Testing;

/// <summary>One run of a case: the indexes that it made, documents to put in, and what it expects.</summary>
internal sealed class ConformanceRun(Func<CancellationToken, ValueTask<IChunkIndex>> createAsync, CancellationToken cancellationToken) : IAsyncDisposable
{
    public const int Dimensions = 4;

    public static readonly IndexManifest Manifest = new(new EmbeddingIdentity("conformance", "00", "mean", Dimensions, 64), "conformance/1", "");

    /// <summary>The same with sparse vectors and token vectors.</summary>
    public static readonly IndexManifest Kinds = Manifest with
    {
        Sparse = new EmbeddingIdentity("conformance/sparse", "01", "max", SparseDimensions, 64, Metric: VectorMetric.Dot),
        Tokens = new EmbeddingIdentity("conformance/tokens", "02", "none", Dimensions, 64, Metric: VectorMetric.Dot),
    };

    private const int SparseDimensions = 32;

    private readonly List<IChunkIndex> _created = [];

    public CancellationToken Cancelled => cancellationToken;

    /// <summary>A new index with the manifest, and documents in it.</summary>
    public Task<IChunkIndex> CreateAsync(bool isProtected, params IndexedDocument[] documents) => CreateAsync(Manifest with { IsProtected = isProtected }, documents);

    /// <summary>A new index with sparse vectors and token vectors; null where the store says that it keeps none.</summary>
    public async Task<IChunkIndex?> CreateWithKindsAsync(bool isProtected, params IndexedDocument[] documents)
    {
        try
        {
            return await CreateAsync(Kinds with { IsProtected = isProtected }, [.. documents.Select(WithKinds)]).ConfigureAwait(false);
        }
        catch (UnsupportedException)
        {
            return null;
        }
    }

    private async Task<IChunkIndex> CreateAsync(IndexManifest manifest, IndexedDocument[] documents)
    {
        IChunkIndex index = await createAsync(cancellationToken).ConfigureAwait(false);
        _created.Add(index);
        await index.SetManifestAsync(manifest, replace: false, cancellationToken).ConfigureAwait(false);
        foreach (IndexedDocument document in documents)
        {
            await index.UpsertAsync(document, cancellationToken).ConfigureAwait(false);
        }

        return index;
    }

    /// <summary>A document, a chunk a line, with vectors made of the words.</summary>
    public static IndexedDocument Document(string id, params string[] lines)
    {
        StringBuilder text = new();
        List<Chunk> chunks = [];
        List<ReadOnlyMemory<float>> vectors = [];
        foreach (string line in lines)
        {
            int start = text.Length;
            text.Append(line);
            string chunk = string.Create(CultureInfo.InvariantCulture, $"{id}#{chunks.Count}");
            chunks.Add(new() { Id = chunk, DocumentId = id, Ordinal = chunks.Count, Range = new(start, text.Length), Text = line });
            vectors.Add(Vector(line));
            text.Append('\n');
        }

        return new(new() { Id = id, Text = text.ToString(), ContentHash = "hash of " + id }, "fingerprint", chunks, vectors);
    }

    /// <summary>A vector that depends on the words, and is not zero.</summary>
    public static float[] Vector(string text)
    {
        float[] vector = [1, 0, 0, 0];
        foreach (char c in text)
        {
            vector[c % Dimensions] += (c % 7) - 2.5f;
        }

        return vector;
    }

    /// <summary>The same document with sparse vectors and token vectors made of its chunks' words.</summary>
    public static IndexedDocument WithKinds(IndexedDocument document) => document with
    {
        SparseVectors = [.. document.Chunks.Select(chunk => Sparse(chunk.Text))],
        TokenVectors = [.. document.Chunks.Select(chunk => Tokens(chunk.Text))],
    };

    /// <summary>A place for each different word, weighted by how often it stands in the text; in quarters, which any precision keeps.</summary>
    public static SparseVector Sparse(string text)
    {
        var places = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).CountBy(word => word.Sum(c => c) % SparseDimensions).OrderBy(pair => pair.Key).ToArray();
        return new([.. places.Select(pair => pair.Key)], [.. places.Select(pair => pair.Value + 0.25f)]);
    }

    /// <summary>A vector for each word, in quarters.</summary>
    public static MultiVector Tokens(string text) =>
        new([.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).SelectMany(word => Vector(word).Select(value => value / 4))], Dimensions);

    /// <summary>The same document with access entries.</summary>
    public static IndexedDocument For(IndexedDocument document, params string[] access) => document with { Document = document.Document with { Access = access } };

    /// <summary>The same document with metadata.</summary>
    public static IndexedDocument With(IndexedDocument document, params (string Name, MetadataValue Value)[] metadata) => document with
    {
        Document = document.Document with { Metadata = DocumentMetadata.Create(metadata.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))) },
    };

    public static void Equal<T>(T expected, T actual, string what)
    {
        bool equal = expected is IEnumerable and not string ? Text(expected) == Text(actual) : EqualityComparer<T>.Default.Equals(expected, actual);
        if (!equal)
        {
            throw new ConformanceException($"{what}: {Text(expected)} is right, the index says {Text(actual)}.");
        }
    }

    /// <summary>What two readers show of some questions, and of every document and chunk of theirs, is the same to the last score.</summary>
    public async Task SameAsync(IChunkReader expected, IChunkReader actual, params IndexedDocument[] documents)
    {
        string[] ids = [.. documents.SelectMany(document => document.Chunks).Select(chunk => chunk.Id), "none"];
        Equal(await expected.CountAsync(cancellationToken).ConfigureAwait(false), await actual.CountAsync(cancellationToken).ConfigureAwait(false), "The counts");
        foreach (string question in (string[])["zebra", "zebra lion", "lion owl zebra yak", "none of these"])
        {
            Same(await expected.SearchTextAsync(question, 5, cancellationToken).ConfigureAwait(false), await actual.SearchTextAsync(question, 5, cancellationToken).ConfigureAwait(false), $"Text search for '{question}'");
            Same(await expected.SearchVectorAsync(Vector(question), 5, cancellationToken).ConfigureAwait(false), await actual.SearchVectorAsync(Vector(question), 5, cancellationToken).ConfigureAwait(false), $"Vector search for '{question}'");
            Same(await expected.ScoreTextAsync(question, ids, cancellationToken).ConfigureAwait(false), await actual.ScoreTextAsync(question, ids, cancellationToken).ConfigureAwait(false), $"Text scores for '{question}'");
            Same(await expected.ScoreVectorAsync(Vector(question), ids, cancellationToken).ConfigureAwait(false), await actual.ScoreVectorAsync(Vector(question), ids, cancellationToken).ConfigureAwait(false), $"Vector scores for '{question}'");
        }

        if ((await expected.GetManifestAsync(cancellationToken).ConfigureAwait(false))?.Sparse is not null)
        {
            await SameKindsAsync(expected, actual, ids).ConfigureAwait(false);
        }

        IReadOnlyList<Chunk> there = await expected.GetChunksAsync(ids, cancellationToken).ConfigureAwait(false), here = await actual.GetChunksAsync(ids, cancellationToken).ConfigureAwait(false);
        Equal(there.Select(chunk => (chunk.Id, chunk.Text)), here.Select(chunk => (chunk.Id, chunk.Text)), "Chunks by id");
        foreach (string id in documents.Select(document => document.Document.Id).Append("none"))
        {
            Document? one = await expected.GetDocumentAsync(id, cancellationToken).ConfigureAwait(false), other = await actual.GetDocumentAsync(id, cancellationToken).ConfigureAwait(false);
            Equal((one?.Text, one?.Metadata), (other?.Text, other?.Metadata), $"Document {id}");
            there = await expected.GetDocumentChunksAsync(id, cancellationToken).ConfigureAwait(false);
            here = await actual.GetDocumentChunksAsync(id, cancellationToken).ConfigureAwait(false);
            Equal(there.Select(chunk => chunk.Id), here.Select(chunk => chunk.Id), $"Chunks of document {id}");
        }
    }

    private async Task SameKindsAsync(IChunkReader expected, IChunkReader actual, string[] ids)
    {
        foreach (string question in (string[])["zebra", "lion owl zebra yak", "none of these"])
        {
            SparseVector sparse = Sparse(question);
            MultiVector tokens = Tokens(question);
            Same(await expected.SearchSparseAsync(sparse, 5, cancellationToken).ConfigureAwait(false), await actual.SearchSparseAsync(sparse, 5, cancellationToken).ConfigureAwait(false), $"Sparse search for '{question}'");
            Same(await expected.ScoreSparseAsync(sparse, ids, cancellationToken).ConfigureAwait(false), await actual.ScoreSparseAsync(sparse, ids, cancellationToken).ConfigureAwait(false), $"Sparse scores for '{question}'");
            Same(await expected.ScoreTokensAsync(tokens, ids, cancellationToken).ConfigureAwait(false), await actual.ScoreTokensAsync(tokens, ids, cancellationToken).ConfigureAwait(false), $"Token scores for '{question}'");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IChunkIndex index in _created)
        {
            await index.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static string Text(object? value) => value switch
    {
        null => "nothing",
        string text => text,
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Text))}]",
        _ => value.ToString() ?? "",
    };

    private static void Same(ChunkScores expected, ChunkScores actual, string what)
    {
        Equal(expected.Ids, actual.Ids, what);
        Same(expected.Scores, actual.Scores, what);
        Same(Single(expected.StandardDeviation), Single(actual.StandardDeviation), "The spread of: " + what);
    }

    private static void Same(IReadOnlyList<float>? expected, IReadOnlyList<float>? actual, string what) =>
        Equal(Rounded(expected), Rounded(actual), what);

    private static float[]? Single(double? value) => value is { } number ? [(float)number] : null;

    private static IEnumerable<string> Rounded(IReadOnlyList<float>? scores) => scores?.Select(score => (score + 0f).ToString("F4", CultureInfo.InvariantCulture).Replace("-0.0000", "0.0000", StringComparison.Ordinal)) ?? ["not known"];
}
