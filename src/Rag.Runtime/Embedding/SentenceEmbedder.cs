using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Hub;
using Rag.Models.Packing;
using Rag.Runtime.Embedding.Modules;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Embedding;

/// <summary>
/// Texts to vectors with a sentence encoder that runs in this process: the model's tokenizer, an ONNX graph of its own
/// weights, pooling and normalisation as its sentence-transformers files say. Thread-safe.
/// </summary>
/// <remarks>
/// Vectors come in the order of the texts, whatever the batches; a text's vector does not depend on its neighbours beyond
/// rounding (3e-7). The empty text has a vector too, of no meaning: refuse it before. Prefixes are stated in the
/// <see cref="EmbeddingIdentity"/> and put before a text by whoever knows whether it is a question.
/// <c>GetService</c> gives <see cref="EmbeddingIdentity"/>, <see cref="EmbeddingGeneratorMetadata"/>,
/// <see cref="Tokenizer"/> and <see cref="ITokenCounter"/>, whose MaxTokens leaves room for the special tokens.
/// </remarks>
public sealed class SentenceEmbedder : IEmbeddingGenerator<string, Embedding<float>>
{
    private const string IntegerMark = "-int8";

    /// <summary>Texts that are tokenized before the first of them is encoded, which bounds memory.</summary>
    private const int Window = 8192;

    /// <summary>Batches that are encoded at once, each of which takes scratch memory.</summary>
    private const int MostWorkers = 4;

    private readonly IEncoderSession _encoder;
    private readonly Tokenizer _tokenizer;
    private readonly EncodeOptions _encode;
    private readonly Pooling _pooling;
    private readonly VectorSteps _steps;
    private readonly PromptLength _prompts;
    private readonly int _batchTokens;
    private readonly int _workers;
    private readonly int _padding;
    private readonly EmbedderFacts _facts;

    internal SentenceEmbedder(ModelFolder folder, Tokenizer tokenizer, IEncoderSession encoder, SentenceEmbedderOptions options)
    {
        SentenceTransformerConfiguration? sentence = folder.SentenceTransformer;
        string name = options.ModelName ?? ModelReference.OfFolder(folder.FolderPath);
        _encoder = encoder;
        int most = options.MaxTokens ?? Math.Min(sentence?.MaxSequenceLength ?? folder.Tokenizer.ModelMaxLength ?? int.MaxValue, SentenceEmbedderOptions.LongestByDefault);
        MaxTokens = Math.Min(most, encoder.MaxPositions);
        _encode = new EncodeOptions { MaxTokens = MaxTokens, ParseSpecialTokens = options.ParseSpecialTokens };
        _tokenizer = tokenizer.WithMaxTokens(MaxTokens - tokenizer.Encode(string.Empty).Ids.Count);

        // Where nothing but a normalisation follows, the pooling does it.
        bool normalizes = sentence?.After is null or [NormalizeModule];
        _pooling = new Pooling(sentence?.Pooling ?? [PoolingKind.Mean], encoder.HiddenSize, normalizes);
        _steps = VectorSteps.Load(normalizes ? [] : sentence!.After, _pooling.Dimensions, folder.FolderPath);
        _batchTokens = options.BatchTokens;
        _workers = Math.Min(MostWorkers, options.Runtime.Threads > 0 ? options.Runtime.Threads : Environment.ProcessorCount);
        _padding = folder.Generation.PadTokenId ?? 0;
        Prefixes prefixes = Prefixes.Of(folder, options);
        _prompts = new PromptLength(sentence, prefixes, tokenizer, _encode);
        string pooling = _steps.Name.Length == 0 ? _pooling.Name : _pooling.Kinds + _steps.Name;
        _facts = new EmbedderFacts(name, Dimensions, _tokenizer, () => new EmbeddingIdentity(
            name, WeightsHash.Compute(folder.FolderPath, _steps.Files) + (options.Runtime.Weights == WeightPrecision.Int8 ? IntegerMark : ""), pooling, Dimensions, MaxTokens, prefixes.Query, prefixes.Document));
    }

    /// <summary>Tokens of an input, special tokens included, after which it is cut.</summary>
    public int MaxTokens { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions => _steps.Dimensions;

    /// <summary>How the weights of the encoder that an identity belongs to are multiplied: what to load it with to get the same vectors.</summary>
    public static WeightPrecision WeightsOf(EmbeddingIdentity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.WeightsHash.EndsWith(IntegerMark, StringComparison.Ordinal) ? WeightPrecision.Int8 : WeightPrecision.Single;
    }

    /// <summary>Loads a model folder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights and tokenizer.json; names of the hub go through <see cref="ModelHub"/>.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model is not an encoder of a family that is supported.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static SentenceEmbedder Load(string path, SentenceEmbedderOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="Load(string, SentenceEmbedderOptions?)"/>
    public static SentenceEmbedder Load(ModelFolder folder, SentenceEmbedderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new SentenceEmbedderOptions();
        options.Validate();
        Tokenizer tokenizer = Tokenizer.Load(
            folder.TokenizerPath ?? throw new UnavailableException($"The model folder {folder.FolderPath} has no tokenizer.json.", folder.FolderPath));
        CheckModules(folder);
        OnnxEncoder encoder = OnnxEncoder.Load(folder, options.Runtime);
        try
        {
            // Any language model would load; what makes one an embedding model are the files that say how.
            if (encoder.Network.Causal && folder.SentenceTransformer is null)
            {
                throw new UnsupportedException(
                    $"The model {folder.FolderPath} ({folder.ModelType}) is a language model, and no modules.json says how its states become a vector; as an embedding model it is not supported.", folder.FolderPath);
            }

            return new SentenceEmbedder(folder, tokenizer, encoder, options);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Loads a model folder on another thread.</summary>
    /// <inheritdoc cref="Load(string, SentenceEmbedderOptions?)"/>
    public static Task<SentenceEmbedder> LoadAsync(string path, SentenceEmbedderOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.Run(() => Load(path, options), cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="UnsupportedException">Another number of dimensions is asked for than the model has.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        string[] texts = _facts.Accept(values, options);
        return Task.Run(() => Generate(texts, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) => _facts.GetService(this, serviceType, serviceKey);

    /// <inheritdoc/>
    public void Dispose() => _encoder.Dispose();

    /// <summary>The token ids of a text as the encoder gets them; never empty.</summary>
    internal int[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        _tokenizer.Encode(text, ids, _encode);
        return ids.Count > 0 ? [.. ids] : [_padding];
    }

    private static void CheckModules(ModelFolder folder)
    {
        if (folder.SentenceTransformer?.ForeignModule is { } foreign)
        {
            throw new UnsupportedException(
                $"The model {folder.FolderPath} has a module of the type '{foreign}' (modules.json), which makes no vector of a sentence; Transformer, Pooling, Dense, LayerNorm, Dropout and Normalize are supported.", folder.FolderPath);
        }
    }

    /// <summary>The vectors of texts, on the thread that asks.</summary>
    internal GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellationToken)
    {
        Embedding<float>[] results = new Embedding<float>[texts.Length];
        long tokens = 0;
        for (int start = 0; start < texts.Length; start += Window)
        {
            int[][] ids = new int[Math.Min(Window, texts.Length - start)][];
            for (int i = 0; i < ids.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                ids[i] = Tokenize(texts[start + i]);
                tokens += ids[i].Length;
            }

            int first = start;
            ForEach(
                BatchPlan.Create([.. ids.Select(text => text.Length)], _batchTokens, _encoder.TakesPadding),
                batch => Encode(ids, batch, texts.AsSpan(first, ids.Length), results.AsSpan(first, ids.Length)),
                cancellationToken);
        }

        return new GeneratedEmbeddings<Embedding<float>>(results)
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    // The encoder's own threads share what one batch gives them to do; several batches at once leave none idle between its operators.
    private void ForEach(IEnumerable<int[]> batches, Action<int[]> encode, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.ForEach(
                Partitioner.Create(batches, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = _workers, CancellationToken = cancellationToken },
                encode);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }

    private void Encode(int[][] ids, int[] batch, ReadOnlySpan<string> texts, Span<Embedding<float>> results)
    {
        int sequence = ids[batch[0]].Length;
        int cells = batch.Length * sequence;
        int hidden = _encoder.HiddenSize;
        long[] input = ArrayPool<long>.Shared.Rent(2 * cells);
        float[] output = ArrayPool<float>.Shared.Rent(checked(cells * hidden));
        try
        {
            Span<long> row = input.AsSpan(0, cells);
            Span<long> mask = input.AsSpan(cells, cells);
            row.Fill(_padding);
            mask.Clear();
            for (int b = 0; b < batch.Length; b++)
            {
                int[] text = ids[batch[b]];
                for (int t = 0; t < text.Length; t++)
                {
                    row[(b * sequence) + t] = text[t];
                    mask[(b * sequence) + t] = 1;
                }
            }

            Span<float> states = output.AsSpan(0, cells * hidden);
            _encoder.Run(row, mask, batch.Length, sequence, states);
            for (int b = 0; b < batch.Length; b++)
            {
                float[] vector = new float[_pooling.Dimensions];
                int tokens = ids[batch[b]].Length;
                int skipped = Math.Min(_prompts.Of(texts[batch[b]]), tokens - 1);
                _pooling.Apply(states.Slice(((b * sequence) + skipped) * hidden, (tokens - skipped) * hidden), vector);
                results[batch[b]] = new Embedding<float>(_steps.Apply(vector)) { ModelId = _facts.Name };
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(input);
            ArrayPool<float>.Shared.Return(output);
        }
    }
}
