using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Heads;
using Rag.Tokenizers;

namespace Rag.Runtime.Classification;

/// <summary>
/// Finds the stretches of a text that have a label, such as names of people and places, with an encoder that has a token
/// classification head (…ForTokenClassification) and runs in this process. Thread-safe.
/// </summary>
/// <remarks>
/// A word has the label of its first token. Words of one label that follow each other are one stretch, and "B-" begins a new
/// one (IOB2); "O" is no label. A text longer than the model takes is read in windows that overlap.
/// </remarks>
public sealed class TokenClassifier : IDisposable
{
    private readonly HeadModel _model;
    private readonly LabelConfiguration _labels;

    internal TokenClassifier(HeadModel model, LabelConfiguration labels) => (_model, _labels) = (model, labels);

    /// <summary>The labels that the model knows, by number, as its config.json names them.</summary>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <summary>Tokens of a window, special tokens included.</summary>
    public int MaxTokens => _model.MaxTokens;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _model.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static TokenClassifier Load(string path, HeadModelOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static TokenClassifier Load(ModelFolder folder, HeadModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new TokenClassifier(HeadModel.Load(folder, HeadKind.TokenClassification, options), LabelConfiguration.Read(folder.Configuration));
    }

    /// <summary>Finds the stretches with a label.</summary>
    /// <param name="texts">The texts; any number.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>For each text, in their order, its stretches in the order of the text; they do not overlap.</returns>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<IReadOnlyList<TextEntity>> Find(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        IReadOnlyList<TextEntity>[] results = new IReadOnlyList<TextEntity>[texts.Count];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Find(texts[i], cancellationToken);
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private List<TextEntity> Find(string? text, CancellationToken cancellationToken)
    {
        int overlap = MaxTokens / 4;
        Encoding first = _model.Encode(text, how: new EncodeOptions { MaxTokens = MaxTokens, ParseSpecialTokens = false, Windows = true, WindowOverlap = overlap });
        Encoding[] windows = [first, .. first.Overflowing];
        LabelledWord[][] words = new LabelledWord[windows.Length][];
        _model.Run(windows.Length, i => TokenRow.Of(windows[i]), (i, logits) => words[i] = Words(windows[i], logits), cancellationToken);
        EntityMerger merger = new();
        int next = 0;
        for (int i = 0; i < words.Length; i++)
        {
            // Of two windows that share a word, the one in which more stands around it: they part in the middle of what they share.
            int end = i + 1 < words.Length && words[i + 1] is [var shared, ..] ? (shared.Word + Last(words[i])) / 2 : int.MaxValue;
            foreach (LabelledWord word in words[i])
            {
                if (word.Word >= next && word.Word <= end)
                {
                    merger.Add(word);
                    next = word.Word + 1;
                }
            }
        }

        return merger.Complete();
    }

    private static int Last(LabelledWord[] words) => words.Length > 0 ? words[^1].Word : int.MaxValue;

    private LabelledWord[] Words(Encoding window, ReadOnlySpan<float> logits)
    {
        List<LabelledWord> words = [];
        for (int t = 0; t < window.Ids.Count; t++)
        {
            if (window.SpecialMask[t] || window.WordIds[t] is not { } word)
            {
                continue;
            }

            if (words.Count > 0 && words[^1].Word == word)
            {
                words[^1] = words[^1] with { End = Math.Max(words[^1].End, window.Offsets[t].End) };
                continue;
            }

            float[] probabilities = Probabilities.Of(logits.Slice(t * Labels.Count, Labels.Count), independent: false);
            int label = System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(probabilities);
            words.Add(new LabelledWord(word, window.Offsets[t].Start, window.Offsets[t].End, Labels[label], probabilities[label]));
        }

        return [.. words];
    }
}
