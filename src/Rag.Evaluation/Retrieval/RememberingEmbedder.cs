using System.Collections.Concurrent;
using Microsoft.Extensions.AI;

namespace Rag.Evaluation.Retrieval;

/// <summary>
/// Remembers the vectors of texts already embedded, so that several retrievers asked the same queries embed each but once.
/// Grows with every new text; made for a measurement, not for a server. Does not own the inner generator.
/// </summary>
public sealed class RememberingEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly IEmbeddingGenerator<string, Embedding<float>> _inner;
    private readonly ConcurrentDictionary<string, Embedding<float>> _known = new(StringComparer.Ordinal);

    /// <summary>Wraps a generator.</summary>
    public RememberingEmbedder(IEmbeddingGenerator<string, Embedding<float>> inner) => _inner = inner ?? throw new ArgumentNullException(nameof(inner));

    /// <inheritdoc/>
    public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] texts = [.. values];
        string[] unknown = [.. texts.Where(text => !_known.ContainsKey(text)).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            GeneratedEmbeddings<Embedding<float>> made = await _inner.GenerateAsync(unknown, options, cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < unknown.Length; i++)
            {
                _known[unknown[i]] = made[i];
            }
        }

        return [.. texts.Select(text => _known[text])];
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => _inner.GetService(serviceType, serviceKey);

    /// <summary>Does nothing: the inner generator belongs to the caller.</summary>
    public void Dispose()
    {
    }
}
