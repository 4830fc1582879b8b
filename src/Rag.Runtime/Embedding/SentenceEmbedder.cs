using System.Buffers;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Hub;
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
    /// <summary>Texts that are tokenized before the first of them is encoded, which bounds memory.</summary>
    private const int Window = 8192;

    private readonly IEncoderSession _encoder;
    private readonly Tokenizer _tokenizer;
    private readonly EncodeOptions _encode;
    private readonly Pooling _pooling;
    private readonly int _batchTokens;
    private readonly int _padding;
    private readonly EmbedderFacts _facts;

    internal SentenceEmbedder(ModelFolder folder, Tokenizer tokenizer, IEncoderSession encoder, SentenceEmbedderOptions options)
    {
        SentenceTransformerConfiguration? sentence = folder.SentenceTransformer;
        string name = options.ModelName ?? ModelReference.OfFolder(folder.FolderPath);
        _encoder = encoder;
        MaxTokens = Math.Min(options.MaxTokens ?? sentence?.MaxSequenceLength ?? folder.Tokenizer.ModelMaxLength ?? int.MaxValue, encoder.MaxPositions);
        _encode = new EncodeOptions { MaxTokens = MaxTokens, ParseSpecialTokens = options.ParseSpecialTokens };
        _tokenizer = tokenizer.WithMaxTokens(MaxTokens - tokenizer.Encode(string.Empty).Ids.Count);
        _pooling = new Pooling(sentence?.Pooling ?? [PoolingKind.Mean], encoder.HiddenSize, sentence?.Normalize ?? true);
        _batchTokens = options.BatchTokens;
        _padding = folder.Generation.PadTokenId ?? 0;
        Prefixes prefixes = Prefixes.Of(folder, options);
        _facts = new EmbedderFacts(name, _pooling.Dimensions, _tokenizer, () => new EmbeddingIdentity(
            name, WeightsHash.Compute(folder.FolderPath), _pooling.Name, _pooling.Dimensions, MaxTokens, prefixes.Query, prefixes.Document));
    }

    /// <summary>Tokens of an input, special tokens included, after which it is cut.</summary>
    public int MaxTokens { get; }

    /// <summary>Length of a vector.</summary>
    public int Dimensions => _pooling.Dimensions;

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
        return new SentenceEmbedder(folder, tokenizer, OnnxEncoder.Load(folder, options.Runtime), options);
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

    private GeneratedEmbeddings<Embedding<float>> Generate(string[] texts, CancellationToken cancellationToken)
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

            foreach (int[] batch in BatchPlan.Create([.. ids.Select(text => text.Length)], _batchTokens))
            {
                cancellationToken.ThrowIfCancellationRequested();
                Encode(ids, batch, results.AsSpan(start, ids.Length));
            }
        }

        return new GeneratedEmbeddings<Embedding<float>>(results)
        {
            Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private void Encode(int[][] ids, int[] batch, Span<Embedding<float>> results)
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
                _pooling.Apply(states.Slice(b * sequence * hidden, ids[batch[b]].Length * hidden), vector);
                results[batch[b]] = new Embedding<float>(vector) { ModelId = _facts.Name };
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(input);
            ArrayPool<float>.Shared.Return(output);
        }
    }
}
