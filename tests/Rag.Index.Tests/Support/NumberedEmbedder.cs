using Microsoft.Extensions.AI;

namespace Rag.Index.Tests.Support;

/// <summary>Embeds a text that is a number and words: the number chooses the vector.</summary>
internal sealed class NumberedEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    public static string Text(int number, string words) => $"{number} {words}";

    public static ReadOnlyMemory<float> Vector(string text) => Make.Vector(new(int.Parse(text.AsSpan(0, text.IndexOf(' ')), System.Globalization.CultureInfo.InvariantCulture)));

    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(text => new Embedding<float>(Vector(text)))));

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(EmbeddingIdentity) ? Make.Embedding : null;

    public void Dispose()
    {
    }
}
