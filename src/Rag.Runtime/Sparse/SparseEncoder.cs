using Rag.Index;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Classification;
using Rag.Runtime.Embedding;
using Rag.Runtime.Heads;

namespace Rag.Runtime.Sparse;

/// <summary>
/// Texts to sparse vectors over the vocabulary, for an inverted index, with a SPLADE model (…ForMaskedLM; Formal et al., arXiv
/// 2109.10086) that runs in this process. Thread-safe. A text's vector does not depend on the other texts beyond rounding.
/// </summary>
public sealed class SparseEncoder : ISparseEncoder, IDisposable
{
    private readonly HeadModel _model;
    private readonly Lazy<EmbeddingIdentity> _identity;

    internal SparseEncoder(HeadModel model, Func<string> weights)
    {
        _model = model;
        _identity = new(() => new EmbeddingIdentity(model.Name, weights(), "sparse-max", Dimensions, MaxTokens, Metric: VectorMetric.Dot));
    }

    /// <inheritdoc/>
    /// <exception cref="UnavailableException">The weights, which are hashed when this is first asked for, cannot be read any more.</exception>
    public EmbeddingIdentity Identity => _identity.Value;

    /// <summary>The length of a vector: the size of the vocabulary.</summary>
    public int Dimensions => _model.Width;

    /// <summary>Tokens of a text, special tokens included, after which it is cut.</summary>
    public int MaxTokens => _model.MaxTokens;

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _model.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static SparseEncoder Load(string path, HeadModelOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="TextClassifier.Load(string, HeadModelOptions?)"/>
    public static SparseEncoder Load(ModelFolder folder, HeadModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        SparseModules.Check(folder.FolderPath);
        return new SparseEncoder(HeadModel.Load(folder, HeadKind.Sparse, options), () => WeightsHash.Compute(folder.FolderPath));
    }

    /// <summary>Encodes texts, questions and passages alike.</summary>
    /// <param name="texts">The texts; any number.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>A vector per text, in their order; every weight is above 0.</returns>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<SparseVector> Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        SparseVector[] results = new SparseVector[texts.Count];
        _model.Run(results.Length, i => TokenRow.Of(_model.Encode(texts[i])), (i, weights) => results[i] = Sparse(weights), cancellationToken);
        return results;
    }

    /// <inheritdoc/>
    /// <remarks>As <see cref="Encode"/>, on another thread.</remarks>
    public async ValueTask<IReadOnlyList<SparseVector>> EncodeAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return await Task.Run(() => Encode(texts, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The token at a place of the vectors, as the vocabulary spells it; null where there is none.</summary>
    public string? TokenAt(int id) => _model.Tokenizer.IdToToken(id);

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static SparseVector Sparse(ReadOnlySpan<float> weights)
    {
        List<int> ids = [];
        List<float> kept = [];
        for (int id = 0; id < weights.Length; id++)
        {
            if (weights[id] > 0)
            {
                ids.Add(id);
                kept.Add(weights[id]);
            }
        }

        return new SparseVector([.. ids], [.. kept]);
    }
}
