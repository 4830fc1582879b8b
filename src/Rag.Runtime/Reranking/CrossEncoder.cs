using Rag.Models;
using Rag.Models.Hub;
using Rag.Retrieval;

namespace Rag.Runtime.Reranking;

/// <summary>
/// Says how well a passage answers a question by reading both together, with a reranker that runs in this process: an encoder
/// with a classification head of one label (BERT, RoBERTa, ModernBERT ...), or a decoder that is asked and answers yes or no
/// (Qwen3-Reranker). Thread-safe.
/// </summary>
/// <remarks>
/// A pair's score does not depend on the other pairs beyond rounding. A pair that is too long loses tokens of its longer text.
/// Text that spells a special token is plain text.
/// </remarks>
public sealed class CrossEncoder : IReranker, IDisposable
{
    private readonly IPairScorer _scorer;
    private readonly CrossEncoderOptions _options;

    internal CrossEncoder(IPairScorer scorer, CrossEncoderOptions options) => (_scorer, _options) = (scorer, options);

    /// <summary>Tokens of a pair, with all that stands around the two texts, after which it is cut.</summary>
    public int MaxTokens => _scorer.MaxTokens;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _scorer.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights and tokenizer.json; names of the hub go through <see cref="ModelHub"/>.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model is of no family that is supported, or has several labels.</exception>
    /// <exception cref="IncompatibleException">A tensor, such as those of the head, is missing or has the wrong shape.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static CrossEncoder Load(string path, CrossEncoderOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="Load(string, CrossEncoderOptions?)"/>
    public static CrossEncoder Load(ModelFolder folder, CrossEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        CrossEncoderOptions kept = (CrossEncoderOptions)(options ?? new CrossEncoderOptions()).Copy();
        kept.Validate();
        return new CrossEncoder(YesNoScorer.Fits(folder) ? YesNoScorer.Load(folder, kept) : HeadScorer.Load(folder, kept), kept);
    }

    /// <summary>Scores passages for a question.</summary>
    /// <param name="question">The question; cut as the options say.</param>
    /// <param name="passages">The passages; any number.</param>
    /// <param name="cancellationToken">Ends the scoring, also within a batch.</param>
    /// <returns>A score per passage, in their order; the greater, the better, from 0 to 1 unless the options say otherwise.</returns>
    /// <exception cref="LimitExceededException">A passage is longer than <see cref="Heads.HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<float> Score(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(question);
        ArgumentNullException.ThrowIfNull(passages);
        return _scorer.Score(Cut(question), passages, cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>What is read of a chunk is its <see cref="Chunks.Chunk.IndexedText"/>. Equals keep their order.</remarks>
    public async ValueTask<IReadOnlyList<RetrievedChunk>> RerankAsync(
        string query, IReadOnlyList<RetrievedChunk> chunks, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(chunks);
        string[] texts = [.. chunks.Select(chunk => chunk.Chunk.IndexedText)];
        IReadOnlyList<float> scores = await Task.Run(() => Score(query, texts, cancellationToken), cancellationToken).ConfigureAwait(false);
        return
        [
            .. chunks.Zip(scores, static (chunk, score) => chunk with { Score = score, RetrievalScore = chunk.RetrievalScore ?? chunk.Score })
                .OrderByDescending(static chunk => chunk.Score),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => _scorer.Dispose();

    private string Cut(string question)
    {
        int length = Math.Min(question.Length, _options.MaxQuestionCharacters);
        return length < question.Length && char.IsHighSurrogate(question[length - 1]) ? question[..(length - 1)] : question[..length];
    }
}
