using Rag.Models;
using Rag.Models.Hub;
using Rag.Models.Networks.Heads;
using Rag.Reading;
using Rag.Runtime.Embedding;
using Rag.Runtime.Sessions;
using Rag.Tokenizers;

namespace Rag.Runtime.Reading;

/// <summary>
/// Points at the words of a passage that answer a question, and says how much it believes that the passage answers at
/// all: a BERT with a span head (BertForQuestionAnswering) that runs in this process. Thread-safe.
/// </summary>
/// <remarks>
/// Question and passage are one sequence, [CLS] question [SEP] passage [SEP]. A passage longer than the model takes is read
/// in windows that overlap; the window with the greatest margin wins. Text that spells a special token is plain text.
/// A passage's reading does not depend on the other passages beyond rounding.
/// </remarks>
public sealed class SpanReader : ISpanReader, IDisposable
{
    private readonly IHeadSession _session;
    private readonly PairEncoder _encoder;
    private readonly SpanReaderOptions _options;
    private readonly string _name;
    private readonly int _padding;

    internal SpanReader(string name, int padding, Tokenizer tokenizer, IHeadSession session, SpanReaderOptions options)
    {
        _name = name;
        _padding = padding;
        _session = session;
        _options = options.Copy();
        MaxTokens = Math.Min(options.MaxTokens, session.MaxPositions);
        _encoder = new PairEncoder(tokenizer, _options, MaxTokens, name);
        if (padding >= session.VocabularySize || tokenizer.VocabularySize > session.VocabularySize)
        {
            throw new IncompatibleException(
                $"The model {name} has {session.VocabularySize} token ids, but its tokenizer {tokenizer.VocabularySize}, and {padding} pads; the tokenizer belongs to another model.", name);
        }
    }

    /// <summary>Tokens of one sequence, special tokens included; a longer passage is read in windows.</summary>
    public int MaxTokens { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _session.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights and tokenizer.json; see <see cref="SpanReaderOptions.WordEmbeddingsFolder"/> and <see cref="SpanReaderOptions.TokenizerFolder"/> for what may lie elsewhere.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model is not of a family that is supported, or has no two token types.</exception>
    /// <exception cref="IncompatibleException">A tensor, such as those of the span head, is missing or has the wrong shape.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static SpanReader Load(string path, SpanReaderOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="Load(string, SpanReaderOptions?)"/>
    public static SpanReader Load(ModelFolder folder, SpanReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new SpanReaderOptions();
        options.Validate();
        string tokenizer = folder.TokenizerPath ?? options.TokenizerFolder ?? options.WordEmbeddingsFolder ??
            throw new UnavailableException($"The model folder {folder.FolderPath} has no tokenizer.json, and no other folder to take one from was named.", folder.FolderPath);
        Tokenizer loaded = Tokenizer.Load(tokenizer);
        OnnxHeadSession session = OnnxHeadSession.Load(folder, HeadKind.Spans, options.Runtime, options.WordEmbeddingsFolder);
        try
        {
            return new SpanReader(ModelReference.OfFolder(folder.FolderPath), folder.Generation.PadTokenId ?? 0, loaded, session, options);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Reads passages for the answer to a question.</summary>
    /// <param name="question">The question; cut as the options say.</param>
    /// <param name="passages">The passages; any number.</param>
    /// <param name="cancellationToken">Ends the reading, also within a batch.</param>
    /// <returns>One reading per passage, in their order; null where a passage has no token, as the empty text.</returns>
    /// <exception cref="LimitExceededException">A passage is longer than <see cref="SpanReaderOptions.MaxPassageCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The reader has been disposed.</exception>
    public IReadOnlyList<SpanReading?> Read(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passages);
        PairLayout pair = _encoder.Question(question);
        (int room, int overlap) = _encoder.Windows(pair);
        EncodedPassage[] encoded = new EncodedPassage[passages.Count];
        List<PassageWindow> windows = [];
        for (int i = 0; i < encoded.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            encoded[i] = _encoder.Passage(passages[i], i);
            windows.AddRange(PassageWindow.Over(i, encoded[i].Ids.Length, room, overlap));
        }

        SpanReading?[] readings = new SpanReading?[encoded.Length];
        int[] lengths = [.. windows.Select(window => pair.Length(window.Count))];
        SpanReading?[] found = new SpanReading?[windows.Count];
        foreach (int[] batch in BatchPlan.Create(lengths, _options.BatchTokens))
        {
            SpanBatch rows = new([.. batch.Select(i => windows[i])], pair, encoded, _padding);
            rows.Run(_session, cancellationToken);
            for (int row = 0; row < batch.Length; row++)
            {
                found[batch[row]] = rows.Best(row, _options) ?? throw new CorruptException($"The model {_name} gives logits that are not finite.", _name);
            }
        }

        // In the order of the passage, so that the earliest of equals wins whatever the batches.
        for (int i = 0; i < found.Length; i++)
        {
            ref SpanReading? best = ref readings[windows[i].Passage];
            best = best is null || found[i]!.Margin > best.Margin ? found[i] : best;
        }

        return readings;
    }

    /// <inheritdoc/>
    /// <exception cref="LimitExceededException">A passage is longer than <see cref="SpanReaderOptions.MaxPassageCharacters"/>.</exception>
    public async ValueTask<IReadOnlyList<SpanReading?>> ReadAsync(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default) =>
        await Task.Run(() => Read(question, passages, cancellationToken), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();
}
