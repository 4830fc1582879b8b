using Microsoft.Extensions.AI;
using Rag.Index;

namespace Rag.Cli.Tests.Support;

/// <summary>Vectors that count words, each at a place of its own by a hash; or, as noise, vectors that have nothing to do with the text.</summary>
internal sealed class WordEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const int Dimensions = 256;

    public bool IsNoise { get; init; }

    /// <summary>Texts embedded so far.</summary>
    public int Texts { get; private set; }

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<Embedding<float>> made = [.. values.Select(text => new Embedding<float>(IsNoise ? Noise(text) : Count(text)))];
        Texts += made.Count;
        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(made));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceType == typeof(EmbeddingIdentity) ? new EmbeddingIdentity(IsNoise ? "test/noise" : "test/words", "00", "sum", Dimensions, 256) : null;

    public void Dispose()
    {
    }

    private static float[] Count(string text)
    {
        float[] vector = new float[Dimensions];
        vector[0] = .001f;
        foreach (string word in text.Split([' ', '.', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            vector[Hash(word) % Dimensions]++;
        }

        return vector;
    }

    private static float[] Noise(string text)
    {
        Random random = new((int)(Hash(text) & int.MaxValue));
        return [.. Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - .5f)];
    }

    // FNV-1a: the same in every process.
    private static uint Hash(string text) => text.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
