using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Hub;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Heads;

namespace Rag.Runtime.Classification;

/// <summary>
/// Texts to labels with probabilities, with an encoder that has a classification head (…ForSequenceClassification) and runs in
/// this process. Thread-safe. A text's labels do not depend on the other texts beyond rounding.
/// </summary>
public sealed class TextClassifier : IDisposable
{
    private readonly HeadModel _model;
    private readonly LabelConfiguration _labels;

    internal TextClassifier(HeadModel model, LabelConfiguration labels) => (_model, _labels) = (model, labels);

    /// <summary>The labels that the model knows, by number.</summary>
    public IReadOnlyList<string> Labels => _labels.Names;

    /// <summary>Whether several labels may hold of one text, so that each has a probability of its own; otherwise they sum to 1.</summary>
    public bool Independent => _labels.Independent || Labels.Count == 1;

    /// <summary>Tokens of a text, special tokens included, after which it is cut.</summary>
    public int MaxTokens => _model.MaxTokens;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _model.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights and tokenizer.json; names of the hub go through <see cref="ModelHub"/>.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model is no encoder of a family that is supported, or its problem_type is not.</exception>
    /// <exception cref="IncompatibleException">A tensor, such as those of the head, is missing or has the wrong shape.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static TextClassifier Load(string path, HeadModelOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="Load(string, HeadModelOptions?)"/>
    public static TextClassifier Load(ModelFolder folder, HeadModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return new TextClassifier(HeadModel.Load(folder, HeadKind.Classification, options), LabelConfiguration.Read(folder.Configuration));
    }

    /// <summary>Classifies texts.</summary>
    /// <param name="texts">The texts; any number.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>For each text, in their order, every label, the most probable first.</returns>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<IReadOnlyList<LabelProbability>> Classify(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        IReadOnlyList<LabelProbability>[] results = new IReadOnlyList<LabelProbability>[texts.Count];
        _model.Run(results.Length, i => TokenRow.Of(_model.Encode(texts[i])), (i, logits) => results[i] = Sorted(logits), cancellationToken);
        return results;
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private LabelProbability[] Sorted(ReadOnlySpan<float> logits) =>
    [
        .. Labels.Zip(Probabilities.Of(logits, Independent), static (label, probability) => new LabelProbability(label, probability))
            .OrderByDescending(static label => label.Probability),
    ];
}
