using Rag.Models;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Classification;
using Rag.Runtime.Heads;
using Rag.Tokenizers;

namespace Rag.Runtime.MaskedLanguage;

/// <summary>
/// Says which tokens fit in the place of a mask, with an encoder that has a language head (…ForMaskedLM) and runs in this process.
/// Thread-safe. Unlike other models it reads special tokens in a text, for the mask is one: give it no text that is not trusted.
/// </summary>
public sealed class MaskedLanguageModel : IDisposable
{
    private readonly HeadModel _model;
    private readonly int _mask;

    internal MaskedLanguageModel(HeadModel model, string maskToken)
    {
        _model = model;
        MaskToken = maskToken;
        _mask = model.Tokenizer.TokenToId(maskToken) ?? throw new UnsupportedException($"The vocabulary of the model {model.Name} lacks its mask, '{maskToken}'.", model.Name);
    }

    /// <summary>The text that stands for a missing token, such as "[MASK]".</summary>
    public string MaskToken { get; }

    /// <summary>Tokens of a text, special tokens included, after which it is cut.</summary>
    public int MaxTokens => _model.MaxTokens;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _model.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static MaskedLanguageModel Load(string path, HeadModelOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static MaskedLanguageModel Load(ModelFolder folder, HeadModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        HeadModel model = HeadModel.Load(folder, HeadKind.MaskedLanguageModel, options);
        try
        {
            return new MaskedLanguageModel(model, folder.Tokenizer.MaskToken ?? "[MASK]");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Fills the masks of texts, each as if the others stayed.</summary>
    /// <param name="texts">The texts; any number.</param>
    /// <param name="top">Tokens for each mask, at least 1; fewer only where the vocabulary is smaller.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>For each text, in their order, what fits its masks; none for a text without a mask, nor for one that was cut off.</returns>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<IReadOnlyList<MaskFill>> Fill(IReadOnlyList<string> texts, int top = 5, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(top, 1);
        IReadOnlyList<MaskFill>[] results = new IReadOnlyList<MaskFill>[texts.Count];
        Encoding[] encodings = new Encoding[texts.Count];
        _model.Run(
            results.Length,
            i => TokenRow.Of(encodings[i] = _model.Encode(texts[i], how: new EncodeOptions { MaxTokens = MaxTokens })),
            (i, logits) => results[i] = Masks(encodings[i], logits, top),
            cancellationToken);
        return results;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private List<MaskFill> Masks(Encoding encoding, ReadOnlySpan<float> logits, int top)
    {
        List<MaskFill> fills = [];
        for (int t = 0; t < encoding.Ids.Count; t++)
        {
            if (encoding.Ids[t] == _mask)
            {
                float[] probabilities = Probabilities.Of(logits.Slice(t * _model.Width, _model.Width), independent: false);
                fills.Add(new MaskFill(
                    encoding.Offsets[t],
                    [
                        .. Enumerable.Range(0, probabilities.Length).Select(id => (Id: id, Probability: probabilities[id])).OrderByDescending(token => token.Probability).Take(top)
                            .Select(token => new TokenProbability(_model.Tokenizer.IdToToken(token.Id) ?? string.Empty, token.Id, token.Probability)),
                    ]));
            }
        }

        return fills;
    }
}
