using Microsoft.Extensions.AI;
using Rag.Index;

namespace Rag.Tests.Fakes;

/// <summary>Vectors by a function of the text; by default counts of letters, so that equal words are near.</summary>
internal sealed class FakeEmbedder(Func<string, float[]>? embed = null, int dimensions = 26) : IEmbeddingGenerator<string, Embedding<float>>
{
    public List<int> Calls { get; } = [];

    public List<string> Texts { get; } = [];

    public Func<IReadOnlyList<string>, Exception?>? Fault { get; set; }

    public EmbeddingIdentity? Identity { get; set; } = IdentityOf(dimensions);

    public static EmbeddingIdentity IdentityOf(int dimensions) => new("fake", "00", "mean", dimensions, 256);

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<string> texts = [.. values];
        Calls.Add(texts.Count);
        Texts.AddRange(texts);
        if (Fault?.Invoke(texts) is { } fault)
        {
            throw fault;
        }

        return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(
            texts.Where(text => !text.Contains("LOSE-ME", StringComparison.Ordinal)).Select(text => new Embedding<float>((embed ?? Letters)(text)))));
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingIdentity) ? Identity : null;

    public void Dispose()
    {
    }

    public static float[] Letters(string text)
    {
        float[] counts = new float[26];
        foreach (char c in text.ToLowerInvariant().Where(char.IsAsciiLetter))
        {
            counts[c - 'a']++;
        }

        counts[0] += .001f;
        return counts;
    }
}
