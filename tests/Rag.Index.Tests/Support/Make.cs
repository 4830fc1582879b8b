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
