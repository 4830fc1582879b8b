using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Models.Hub;
using Rag.Tokenizers;

namespace Rag.Runtime.Embedding;

/// <summary>
/// Texts to vectors by looking up one vector per token and averaging: no network runs, so its cost is that of tokenizing.
/// Thread-safe.
/// </summary>
/// <remarks>
/// A text's tokens, without special tokens and without those that the vocabulary does not know, are looked up in an int8
/// table; their mean is divided by its length (S. Tulkens and T. van Dongen, "Model2Vec", 2024). Text that spells a special
/// token is plain text. A text of which nothing is known, empty or all emoji, gets <see cref="Dimensions"/> values of which
/// the first is 1 and all others 0: a vector of no meaning, but one that an index can hold, so that one such passage does not
/// fail its document. <c>GetService</c> gives <see cref="EmbeddingIdentity"/> (pooling "static-mean"),
/// <see cref="EmbeddingGeneratorMetadata"/>, <see cref="Tokenizer"/> and <see cref="ITokenCounter"/>.
/// </remarks>
public sealed class StaticEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly Tokenizer _tokenizer;
    private readonly StaticTokenTable _table;
    private readonly EncodeOptions _encode;
    private readonly Predicate<int> _isUnknown;
    private readonly int _threads;
    private readonly EmbedderFacts _facts;

    private StaticEmbedder(string folder, Tokenizer tokenizer, StaticTokenTable table, StaticEmbedderOptions options)
    {
        string name = options.ModelName ?? ModelReference.OfFolder(folder);
        MaxTokens = options.MaxTokens;
        _table = table;
        _tokenizer = tokenizer.WithMaxTokens(MaxTokens);
        _encode = new EncodeOptions { AddSpecialTokens = false, ParseSpecialTokens = false, MaxTokens = MaxTokens };
        int unknown = tokenizer.TokenToId(options.UnknownToken) ?? -1;
        _isUnknown = id => id == unknown;
        _threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        string weights = Path.Combine(folder, StaticTokenTable.FileName);
        _facts = new EmbedderFacts(
            name, Dimensions, _tokenizer, () => new EmbeddingIdentity(name, WeightsHash.OfFile(weights), "static-mean", Dimensions, MaxTokens));
    }

    /// <summary>Tokens of an input after which it is cut.</summary>
    public int MaxTokens { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions => _table.Dimensions;

    /// <summary>Whether a folder holds a static token table, as opposed to an encoder for <see cref="SentenceEmbedder"/>.</summary>
    /// <param name="path">The folder.</param>
    public static bool IsStaticTable(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return File.Exists(Path.Combine(path, StaticTokenTable.FileName)) && !File.Exists(Path.Combine(path, "config.json"));
    }

    /// <summary>Loads a folder with embeddings.safetensors (<c>embeddings</c> int8 [rows, dims], <c>scales</c> f16 [rows]) and tokenizer.json.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <exception cref="UnavailableException">One of the two files is not there.</exception>
    /// <exception cref="UnsupportedException">The tensors have another form, or the tokenizer a component that is not known.</exception>
    /// <exception cref="IncompatibleException">A tensor is missing, or the tokenizer has ids that the table has no row for.</exception>
    /// <exception cref="LimitExceededException">The table is larger than <see cref="StaticEmbedderOptions.MaxTableBytes"/>.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static StaticEmbedder Load(string path, StaticEmbedderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new StaticEmbedderOptions();
        options.Validate();
        StaticTokenTable table = StaticTokenTable.Load(Path.Combine(path, StaticTokenTable.FileName), options.MaxTableBytes);
        Tokenizer tokenizer = Tokenizer.Load(path);
        if (tokenizer.VocabularySize > table.Rows)
        {
            throw new IncompatibleException(
                $"The tokenizer in {path} has ids up to {tokenizer.VocabularySize - 1}, but the token table only {table.Rows} rows; they are not of one model.", path);
        }

        return new StaticEmbedder(path, tokenizer, table, options);
    }

    /// <summary>Loads a folder on another thread.</summary>
    /// <inheritdoc cref="Load"/>
    public static Task<StaticEmbedder> LoadAsync(string path, StaticEmbedderOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Load(path, options), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="UnsupportedException">Another number of dimensions is asked for than the table has.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] texts = _facts.Accept(values, options);
        return Task.Run(() => Generate(texts, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => _facts.GetService(this, serviceType, serviceKey);

    /// <summary>Does nothing: the table is plain memory.</summary>
    public void Dispose()
    {
    }

    /// <summary>The ids that are averaged, added to a list.</summary>
    internal void Tokenize(string text, List<int> ids)
    {
        _tokenizer.Encode(text, ids, _encode);
        ids.RemoveAll(_isUnknown);
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellationToken)
    {
        Embedding<float>[] results = new Embedding<float>[texts.Length];
        long tokens = 0;
        if (texts.Length == 1)
        {
            tokens = Embed(texts[0], [], out results[0]);
        }
        else
        {
            Parallel.For(
                0,
                texts.Length,
                new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken },
                () => (Ids: new List<int>(MaxTokens), Tokens: 0L),
                (i, _, local) => (local.Ids, local.Tokens + Embed(texts[i], local.Ids, out results[i])),
                local => Interlocked.Add(ref tokens, local.Tokens));
        }

        return new GeneratedEmbeddings<Embedding<float>>(results)
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private int Embed(string text, List<int> ids, out Embedding<float> result)
    {
        ids.Clear();
        Tokenize(text, ids);
        float[] vector = new float[Dimensions];
        if (!_table.TryAverage(CollectionsMarshal.AsSpan(ids), vector))
        {
            vector[0] = 1;
        }

        result = new Embedding<float>(vector) { ModelId = _facts.Name };
        return ids.Count;
    }
}
