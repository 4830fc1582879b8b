using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Tokenizers;

namespace Rag.Runtime.Embedding;

/// <summary>What embedders of every kind say of themselves, and check of what they are given. Thread-safe.</summary>
/// <param name="name">The model's name.</param>
/// <param name="dimensions">Length of a vector.</param>
/// <param name="tokenizer">Counts tokens as the model sees them.</param>
/// <param name="identity">Makes the identity when it is first asked for; it hashes the weights.</param>
internal sealed class EmbedderFacts(string name, int dimensions, Tokenizer tokenizer, Func<EmbeddingIdentity> identity)
{
    private readonly EmbeddingGeneratorMetadata _metadata = new("rag", defaultModelId: name, defaultModelDimensions: dimensions);
    private readonly Lazy<EmbeddingIdentity> _identity = new(identity);

    /// <summary>The model's name.</summary>
    public string Name => name;

    /// <summary>Answers <see cref="IEmbeddingGenerator.GetService"/> for an embedder.</summary>
    public object? GetService(IEmbeddingGenerator embedder, Type serviceType, object? serviceKey)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingIdentity) ? _identity.Value
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType == typeof(ITokenCounter) || serviceType == typeof(Tokenizer) ? tokenizer
            : serviceType.IsInstanceOfType(embedder) ? embedder
            : null;
    }

    /// <summary>The texts of a call, none of them null.</summary>
    /// <exception cref="UnsupportedException">Another number of dimensions is asked for than the model has.</exception>
    /// <exception cref="ArgumentException">A text is null.</exception>
    public string[] Accept(IEnumerable<string> values, EmbeddingGenerationOptions? options)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (options?.Dimensions is { } asked && asked != dimensions)
        {
            throw new UnsupportedException($"The model {name} gives vectors of {dimensions} dimensions, not {asked}.", name);
        }

        string[] texts = [.. values];
        return Array.IndexOf(texts, null) is var missing and >= 0 ? throw new ArgumentException($"Text {missing} is null.", nameof(values)) : texts;
    }
}
