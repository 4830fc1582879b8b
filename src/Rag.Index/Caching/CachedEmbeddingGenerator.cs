using Microsoft.Extensions.AI;

namespace Rag.Index.Caching;

/// <summary>
/// An embedding generator that asks an <see cref="EmbeddingCache"/> first and its inner generator for what is missing, each text
/// once. Gives the vectors that the inner generator would give. A cache that fails is left aside for good, and
/// <see cref="CacheFault"/> says why: vectors never fail for its sake. As safe for concurrent use as the inner generator. Owns the
/// inner generator, not the cache, which others may share.
/// </summary>
public sealed class CachedEmbeddingGenerator : DelegatingEmbeddingGenerator<string, Embedding<float>>
{
    private readonly EmbeddingCache _cache;
    private readonly EmbeddingIdentity _model;
    private volatile RagException? _fault;

    /// <summary>Puts a cache before a generator.</summary>
    /// <exception cref="ArgumentException">The generator has no <see cref="EmbeddingIdentity"/> service: nothing would tell its vectors from another model's.</exception>
    public CachedEmbeddingGenerator(IEmbeddingGenerator<string, Embedding<float>> innerGenerator, EmbeddingCache cache)
        : base(innerGenerator)
    {
        ArgumentNullException.ThrowIfNull(cache);
        _cache = cache;
        _model = innerGenerator.GetService(typeof(EmbeddingIdentity)) as EmbeddingIdentity
            ?? throw new ArgumentException("The embedding generator has no EmbeddingIdentity service, so a cache could not tell its vectors from another model's.", nameof(innerGenerator));
    }

    /// <summary>Why the cache is no longer used; null while it is.</summary>
    public RagException? CacheFault => _fault;

    /// <inheritdoc/>
    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        string[] texts = [.. values];

        // Whatever the options ask beyond the model's own way is between caller and model.
        if (options is not null || _fault is not null)
        {
            return await base.GenerateAsync(texts, options, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<float[]?> known = Try(() => _cache.Find(_model, texts)) ?? new float[]?[texts.Length];
        string[] missing = [.. texts.Where((_, i) => known[i] is null).Distinct(StringComparer.Ordinal)];
        GeneratedEmbeddings<Embedding<float>> made = missing.Length == 0
            ? []
            : await base.GenerateAsync(missing, null, cancellationToken).ConfigureAwait(false);
        if (made.Count != missing.Length)
        {
            throw new CorruptException($"The embedding model gave {made.Count} vectors for {missing.Length} texts.");
        }

        if (missing.Length > 0)
        {
            Try(() =>
            {
                _cache.Add(_model, missing, [.. made.Select(embedding => embedding.Vector)]);
                return true;
            });
        }

        Dictionary<string, Embedding<float>> fresh = new(StringComparer.Ordinal);
        for (int i = 0; i < missing.Length; i++)
        {
            fresh.Add(missing[i], made[i]);
        }

        return new(texts.Select((text, i) => known[i] is { } vector ? new Embedding<float>(vector) { ModelId = _model.Model } : fresh[text])) { Usage = made.Usage };
    }

    private T? Try<T>(Func<T> use)
    {
        try
        {
            return use();
        }
        catch (RagException error)
        {
            _fault = error;
            return default;
        }
    }
}
