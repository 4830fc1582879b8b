using System.Globalization;
using Microsoft.Extensions.AI;
using Rag.Chunks;
using Rag.Index;
using Rag.Models;
using Rag.Models.Hub;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Distillation;

/// <summary>
/// Turns a sentence encoder into a table of static token vectors that <see cref="StaticEmbedder"/> runs, hundreds of times as
/// fast: every token of the vocabulary goes through the encoder by itself; where texts are given, the table is then fitted to
/// the encoder's vectors of them, first in closed form, then by training. The more the texts are like those that will be
/// searched, the closer the table comes to its teacher. One distillation at a time.
/// </summary>
public sealed class EmbeddingDistiller : IDisposable
{
    private const int TextsPerCall = 256;
    private const string TokenizerFile = "tokenizer.json";
    private const string TableFile = StaticTokenTable.FileName;

    private readonly ModelFolder _folder;
    private readonly DistillationOptions _options;
    private readonly OnnxEncoder _encoder;
    private readonly Tokenizer _tokenizer;
    private readonly SentenceEmbedder _embedder;
    private readonly string _name;

    private EmbeddingDistiller(ModelFolder folder, Tokenizer tokenizer, OnnxEncoder encoder, DistillationOptions options)
    {
        _folder = folder;
        _options = options;
        _encoder = encoder;
        _tokenizer = tokenizer;
        _name = options.ModelName ?? ModelReference.OfFolder(folder.FolderPath);
        int tokens = Math.Min(options.MaxTokens, Math.Min(folder.SentenceTransformer?.MaxSequenceLength ?? int.MaxValue, encoder.MaxPositions));
        var settings = new SentenceEmbedderOptions { ModelName = _name, MaxTokens = tokens, Runtime = options.Runtime };
        _embedder = new SentenceEmbedder(folder, tokenizer, encoder, settings);
    }

    internal static IReadOnlyList<string> FileNames => [TableFile, TokenizerFile, TableFile + ".partial"];

    /// <summary>Counts tokens as the encoder does, for whoever cuts documents into texts.</summary>
    public ITokenCounter TokenCounter => (ITokenCounter)_embedder.GetService(typeof(ITokenCounter))!;

    /// <summary>Loads the encoder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights and tokenizer.json.</param>
    /// <param name="options">How to distill; null for the defaults.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model is not an encoder of a family that is supported, or narrower than the table is to be.</exception>
    /// <exception cref="IncompatibleException">The tokenizer has ids that the encoder lacks.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static EmbeddingDistiller Load(string path, DistillationOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new DistillationOptions();
        options.Validate();
        if (StaticEmbedder.IsStaticTable(path))
        {
            throw new UnsupportedException($"'{path}' is a static token table already; name the encoder that it was made from.", path);
        }

        ModelFolder folder = ModelFolder.Open(path);
        Tokenizer tokenizer = Tokenizer.Load(
            folder.TokenizerPath ?? throw new UnavailableException($"The model folder {folder.FolderPath} has no {TokenizerFile}.", folder.FolderPath));
        OnnxEncoder encoder = OnnxEncoder.Load(folder, options.Runtime);
        try
        {
            if (options.Dimensions > encoder.HiddenSize)
            {
                throw new UnsupportedException($"The encoder {path} is {encoder.HiddenSize} wide, so its table cannot have {options.Dimensions} dimensions.", path);
            }

            if (tokenizer.VocabularySize > encoder.VocabularySize)
            {
                throw new IncompatibleException(
                    $"The tokenizer in {path} has ids up to {tokenizer.VocabularySize - 1}, but the encoder knows only {encoder.VocabularySize}; they are not of one model.", path);
            }

            if ((long)tokenizer.VocabularySize * encoder.HiddenSize > Array.MaxLength)
            {
                throw new UnsupportedException($"The encoder {path} has {tokenizer.VocabularySize} tokens of {encoder.HiddenSize} values, more than one array holds.", path);
            }

            return new EmbeddingDistiller(folder, tokenizer, encoder, options);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>Makes a table.</summary>
    /// <param name="texts">
    /// What to fit it to, passages and questions alike; those without a known token are passed over. Empty: the table is made
    /// from the vocabulary alone.
    /// </param>
    /// <param name="outputFolder">A folder that is not there yet, or empty. It appears when all is done, or not at all.</param>
    /// <param name="progress">Told how far the work is, on the thread that works.</param>
    /// <param name="cancellationToken">Ends the work within one batch.</param>
    /// <exception cref="UnavailableException">The folder holds something, or cannot be written.</exception>
    /// <exception cref="LimitExceededException">There are more texts than <see cref="DistillationOptions.MaxTexts"/>.</exception>
    /// <exception cref="CorruptException">The encoder gives numbers that are not finite.</exception>
    public async Task<DistillationResult> DistillAsync(
        IReadOnlyList<string> texts, string outputFolder, IProgress<DistillationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentException.ThrowIfNullOrEmpty(outputFolder);
        int most = (int)Math.Min(_options.MaxTexts, (long)Array.MaxLength / _embedder.Dimensions);
        if (texts.Count > most)
        {
            throw new LimitExceededException(nameof(DistillationOptions.MaxTexts), most, texts.Count, "The training texts");
        }

        using var output = OutputFolder.Create(outputFolder, FileNames);
        KeptTokens kept = new(_tokenizer);
        Matrix tokens = await Task.Run(() => TokenVectors.Compute(_encoder, _tokenizer, kept, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
        (List<TokenBag> bags, Matrix vectors) = await EncodeAsync(texts, kept, progress, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Fit(kept, tokens, bags, vectors, output, progress, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _embedder.Dispose();

    /// <summary>The texts as bags of rows, and the encoder's vectors of length 1; texts without a known token left out.</summary>
    private async Task<(List<TokenBag> Bags, Matrix Vectors)> EncodeAsync(
        IReadOnlyList<string> texts, KeptTokens kept, IProgress<DistillationProgress>? progress, CancellationToken cancellationToken)
    {
        string prefix = ((EmbeddingIdentity)_embedder.GetService(typeof(EmbeddingIdentity))!).DocumentPrefix;
        List<(string Text, TokenBag Bag)> known = [];
        foreach (string text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Bag(text, kept) is { } bag)
            {
                known.Add((text, bag));
            }
        }

        Matrix vectors = new(known.Count, _embedder.Dimensions);
        int done = 0;
        foreach ((string Text, TokenBag Bag)[] part in known.Chunk(TextsPerCall))
        {
            progress?.Report(new DistillationProgress(DistillationStage.Texts, done, known.Count));
            foreach (Embedding<float> embedding in await _embedder.GenerateAsync(part.Select(item => prefix + item.Text), null, cancellationToken).ConfigureAwait(false))
            {
                embedding.Vector.Span.CopyTo(vectors.Row(done));
                TableFit.Normalize(vectors.Row(done));
                done++;
            }
        }

        return ([.. known.Select(item => item.Bag)], vectors);
    }

    // The tokens that the encoder sees of the text, the special ones aside.
    private TokenBag? Bag(string text, KeptTokens kept)
    {
        List<int> ids = [];
        _tokenizer.Encode(text, ids, new EncodeOptions { AddSpecialTokens = false, ParseSpecialTokens = false, MaxTokens = TokenCounter.MaxTokens });
        return TokenBag.Create(ids, kept);
    }

    private DistillationResult Fit(
        KeptTokens kept, Matrix tokens, List<TokenBag> bags, Matrix vectors, OutputFolder output, IProgress<DistillationProgress>? progress, CancellationToken cancellationToken)
    {
        int threads = _options.Runtime.Threads == 0 ? Environment.ProcessorCount : _options.Runtime.Threads;
        TableFit fit = new(_options, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken }, progress);
        float[] weights = kept.Weights(_options.FrequencyWeight);
        TableFit.Center(tokens);
        Matrix table;
        if (bags.Count == 0)
        {
            table = fit.FromTokens(tokens, weights);
        }
        else
        {
            TableFit.Weigh(tokens, weights);
            table = fit.FromTexts(tokens, bags, vectors);
        }

        int rows = _tokenizer.VocabularySize;
        StoredTable stored = new(rows, _options.Dimensions);
        for (int i = 0; i < kept.Ids.Count; i++)
        {
            if (kept.RowOf(kept.Ids[i]) >= 0)
            {
                stored.Set(kept.Ids[i], table.Row(i));
            }
        }

        long bytes = stored.Write(output.FolderPath, new Dictionary<string, string>
        {
            ["teacher"] = _name,
            ["texts"] = bags.Count.ToString(CultureInfo.InvariantCulture),
            ["epochs"] = (bags.Count == 0 ? 0 : _options.Epochs).ToString(CultureInfo.InvariantCulture),
        });
        File.WriteAllBytes(Path.Combine(output.FolderPath, TokenizerFile), File.ReadAllBytes(_folder.TokenizerPath!));
        cancellationToken.ThrowIfCancellationRequested();
        return new DistillationResult
        {
            Folder = output.Complete(),
            Rows = rows,
            Dimensions = _options.Dimensions,
            Bytes = bytes,
            Texts = bags.Count,
            KeptVariance = fit.KeptVariance,
            FittedCosine = fit.FittedCosine,
            TrainedCosine = fit.TrainedCosine,
        };
    }
}
