using Rag.Index;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Classification;
using Rag.Runtime.Embedding;
using Rag.Runtime.Heads;
using Rag.Tokenizers;

namespace Rag.Runtime.LateInteraction;

/// <summary>
/// Texts to a vector for each token, compared by <see cref="MultiVector.MaxSim(MultiVector)"/>, with a ColBERT model (Khattab and Zaharia, arXiv
/// 2004.12832) that runs in this process. Thread-safe. A text's vectors do not depend on the other texts beyond rounding.
/// </summary>
public sealed class LateInteractionEncoder : ILateInteractionEncoder, IDisposable
{
    // Python's string.punctuation, which ColBERT skips (colbert/modeling/colbert.py).
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    private static readonly EncodeOptions Plain = new() { AddSpecialTokens = false, ParseSpecialTokens = false };
    private readonly HeadModel _model;
    private readonly bool _attend;
    private readonly int? _questionMarker;
    private readonly int? _passageMarker;
    private readonly int _mask;
    private readonly Lazy<EmbeddingIdentity> _identity;

    internal LateInteractionEncoder(HeadModel model, string maskToken, LateInteractionOptions options, Func<string> weights)
    {
        (_model, _attend) = (model, options.AttendToMasks is true);
        _mask = Require(maskToken);
        _questionMarker = Marker(options.QuestionMarker);
        _passageMarker = Marker(options.PassageMarker);
        QuestionTokens = Math.Min(options.QuestionTokens!.Value, model.MaxPositions);
        SkippedTokens = options.SkipPunctuation is true ? PunctuationOf(model.Tokenizer) : [];
        string made = $"tokens-question{QuestionTokens}{(_attend ? "-masks" : "")}{(options.SkipPunctuation is true ? "-nopunctuation" : "")}";
        _identity = new(() => new EmbeddingIdentity(
            model.Name, weights(), made, Dimensions, MaxTokens, options.QuestionMarker ?? "", options.PassageMarker ?? "", VectorMetric.Dot));
    }

    /// <inheritdoc/>
    /// <exception cref="UnavailableException">The weights, which are hashed when this is first asked for, cannot be read any more.</exception>
    public EmbeddingIdentity Identity => _identity.Value;

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => _model.Width;

    /// <summary>Tokens of every question, special tokens and masks included.</summary>
    public int QuestionTokens { get; }

    /// <summary>Tokens of a passage, special tokens included, after which it is cut.</summary>
    public int MaxTokens => _model.MaxTokens;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _model.DeviceNotice;

    /// <summary>Tokens of a passage that have no vector.</summary>
    internal HashSet<int> SkippedTokens { get; }

    /// <summary>Loads a model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static LateInteractionEncoder Load(string path, LateInteractionOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static LateInteractionEncoder Load(ModelFolder folder, LateInteractionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        LateInteractionOptions kept = (LateInteractionOptions)(options ?? new LateInteractionOptions()).Copy();
        kept.FillFrom(LateInteractionConfiguration.Read(folder.FolderPath));
        HeadModel model = HeadModel.Load(folder, HeadKind.LateInteraction, kept);
        try
        {
            return new LateInteractionEncoder(model, folder.Tokenizer.MaskToken ?? "[MASK]", kept, () => Hash(folder.FolderPath));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Encodes questions: each has <see cref="QuestionTokens"/> vectors.</summary>
    /// <param name="questions">The questions; any number.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>The vectors of each, in their order.</returns>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<MultiVector> EncodeQuestions(IReadOnlyList<string> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        MultiVector[] results = new MultiVector[questions.Count];
        _model.Run(results.Length, i => Question(questions[i]), (i, vectors) => results[i] = new MultiVector(vectors, Dimensions), cancellationToken);
        return results;
    }

    /// <summary>Encodes passages: each has a vector for every token that is not skipped.</summary>
    /// <param name="passages">The passages; any number.</param>
    /// <inheritdoc cref="EncodeQuestions"/>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    public IReadOnlyList<MultiVector> EncodePassages(IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(passages);
        MultiVector[] results = new MultiVector[passages.Count];
        TokenRow[] rows = new TokenRow[passages.Count];
        _model.Run(results.Length, i => rows[i] = Passage(passages[i]), (i, vectors) => results[i] = Kept(rows[i].Ids, vectors), cancellationToken);
        return results;
    }

    /// <inheritdoc/>
    /// <remarks>As <see cref="EncodeQuestions"/>, on another thread.</remarks>
    public async ValueTask<IReadOnlyList<MultiVector>> EncodeQuestionsAsync(IReadOnlyList<string> questions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(questions);
        return await Task.Run(() => EncodeQuestions(questions, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>As <see cref="EncodePassages"/>, on another thread.</remarks>
    public async ValueTask<IReadOnlyList<MultiVector>> EncodePassagesAsync(IReadOnlyList<string> passages, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(passages);
        return await Task.Run(() => EncodePassages(passages, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    internal TokenRow Question(string? text)
    {
        int[] ids = Marked(text, _questionMarker, QuestionTokens);
        int[] filled = [.. ids, .. Enumerable.Repeat(_mask, QuestionTokens - ids.Length)];
        return new TokenRow(filled, new int[filled.Length], _attend ? filled.Length : ids.Length);
    }

    internal TokenRow Passage(string? text)
    {
        int[] ids = Marked(text, _passageMarker, MaxTokens);
        return new TokenRow(ids, new int[ids.Length], ids.Length);
    }

    // The special tokens of one text, with the marker behind the first.
    private int[] Marked(string? text, int? marker, int most)
    {
        IReadOnlyList<int> ids = _model.Encode(text, how: new EncodeOptions { MaxTokens = marker is null ? most : most - 1, ParseSpecialTokens = false }).Ids;
        return marker is { } id ? [ids[0], id, .. ids.Skip(1)] : [.. ids];
    }

    private MultiVector Kept(IReadOnlyList<int> ids, ReadOnlySpan<float> vectors)
    {
        float[] kept = new float[vectors.Length];
        int count = 0;
        for (int t = 0; t < ids.Count; t++)
        {
            if (!SkippedTokens.Contains(ids[t]))
            {
                vectors.Slice(t * Dimensions, Dimensions).CopyTo(kept.AsSpan(count++ * Dimensions));
            }
        }

        return new MultiVector(kept.AsSpan(0, count * Dimensions), Dimensions);
    }

    // The projection may lie in a module's folder beside the encoder.
    private static string Hash(string folder) => WeightsHash.Compute(
        folder,
        [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(module => Path.Combine(module, "model.safetensors")).Where(File.Exists)]);

    private int? Marker(string? token) => string.IsNullOrEmpty(token) ? null : Require(token);

    private int Require(string token) => _model.Tokenizer.TokenToId(token) ?? throw new UnsupportedException(
        $"The vocabulary of the model {_model.Name} lacks the token '{token}'; name the tokens that it was trained with in the options.", _model.Name);

    private static HashSet<int> PunctuationOf(Tokenizer tokenizer)
    {
        HashSet<int> skipped = [];
        foreach (char sign in Punctuation)
        {
            // What the vocabulary lacks becomes a token that stands for much else.
            string text = sign.ToString();
            if (tokenizer.Encode(text, Plain).Ids is [var id, ..] && tokenizer.TokenToId(text) is not null)
            {
                skipped.Add(id);
            }
        }

        return skipped;
    }
}
