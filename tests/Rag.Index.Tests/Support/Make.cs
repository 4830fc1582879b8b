using System.Globalization;
using System.Text;
using Rag.Chunks;

namespace Rag.Index.Tests.Support;

/// <summary>Makes documents for tests.</summary>
internal static class Make
{
    public const int Dimensions = 8;

    public static readonly EmbeddingIdentity Embedding = new("test/model", "00ff", "mean", Dimensions, 256);

    public static readonly IndexManifest Manifest = new(Embedding, "chunker-1", "standard-1");

    public static readonly IndexManifest Kinds = Manifest with
    {
        Sparse = new("test/sparse", "0011", "max", 24, 256, Metric: VectorMetric.Dot),
        Tokens = new("test/tokens", "0022", "none", 4, 256, Metric: VectorMetric.Dot),
    };

    public static readonly IndexManifest TextOnly = Manifest with { Embedding = null };

    /// <summary>A document whose chunks are the given passages, one line each.</summary>
    public static IndexedDocument Document(string id, IReadOnlyList<string> passages, IReadOnlyList<ReadOnlyMemory<float>>? vectors = null, string version = "1")
    {
        StringBuilder text = new();
        List<Chunk> chunks = [];
        for (int i = 0; i < passages.Count; i++)
        {
            int start = text.Length;
            text.Append(passages[i]);
            chunks.Add(new()
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{id}#{version}#{i}"),
                DocumentId = id,
                Ordinal = i,
                Range = new(start, text.Length),
                Text = passages[i],
            });
            text.Append('\n');
        }

        return new(new() { Id = id, Text = text.ToString(), ContentHash = $"hash-{id}-{version}" }, $"reader-1;{version}", chunks, vectors);
    }

    public static IndexedDocument WithVectors(string id, Random random, int chunks, string version = "1") =>
        Document(id, [.. Enumerable.Range(0, chunks).Select(_ => Passage(random))], [.. Enumerable.Range(0, chunks).Select(_ => Vector(random))], version);

    /// <summary>The document with sparse vectors and token vectors, of which some are empty.</summary>
    public static IndexedDocument WithKinds(IndexedDocument document, Random random) => document with
    {
        SparseVectors = [.. document.Chunks.Select(_ => Sparse(random))],
        TokenVectors = [.. document.Chunks.Select(_ => Tokens(random))],
    };

    // In quarters, which 16-bit floats keep, and few, so that equal scores happen; the first places in nearly every vector.
    public static SparseVector Sparse(Random random)
    {
        int[] places = [.. Enumerable.Range(0, Kinds.Sparse!.Dimensions).Where(place => random.Next(place + 3) < 2)];
        return new(places, [.. places.Select(_ => random.Next(1, 5) / 4f)]);
    }

    public static MultiVector Tokens(Random random)
    {
        int dimensions = Kinds.Tokens!.Dimensions;
        return new([.. Enumerable.Range(0, random.Next(5) * dimensions).Select(_ => random.Next(-4, 5) / 4f)], dimensions);
    }

    public static ReadOnlyMemory<float> Vector(Random random, int dimensions = Dimensions)
    {
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++)
        {
            // Few distinct values, so that equal scores happen.
            vector[i] = random.Next(-2, 3);
        }

        vector[random.Next(dimensions)] = 1;
        return vector;
    }

    public static string Passage(Random random) =>
        string.Join(' ', Enumerable.Range(0, random.Next(0, 12)).Select(_ => Word(random)));

    // A skewed vocabulary: some words in nearly every passage, some in hardly any.
    public static string Word(Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"w{(int)(40 * Math.Pow(random.NextDouble(), 3))}x");
}
