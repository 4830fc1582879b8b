using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Heads;

namespace Rag.Runtime.Reranking;

/// <summary>An encoder that reads question and passage as one sequence and has a head with one logit.</summary>
internal sealed class HeadScorer : IPairScorer
{
    private readonly HeadModel _model;
    private readonly bool _sigmoid;

    internal HeadScorer(HeadModel model, bool sigmoid) => (_model, _sigmoid) = (model, sigmoid);

    public int MaxTokens => _model.MaxTokens;

    public string? DeviceNotice => _model.DeviceNotice;

    public static HeadScorer Load(ModelFolder folder, CrossEncoderOptions options)
    {
        LabelConfiguration labels = LabelConfiguration.Read(folder.Configuration);
        return labels.Names.Count == 1
            ? new HeadScorer(HeadModel.Load(folder, HeadKind.Classification, options), options.Sigmoid ?? labels.Sigmoid ?? true)
            : throw new UnsupportedException(
                $"The model {folder.FolderPath} has {labels.Names.Count} labels ({string.Join(", ", labels.Names.Take(5))}); a reranker has one. It is a classifier.", folder.FolderPath);
    }

    public float[] Score(string question, IReadOnlyList<string> passages, CancellationToken cancellationToken)
    {
        float[] scores = new float[passages.Count];
        _model.Run(
            scores.Length,
            i => TokenRow.Of(_model.Encode(question, passages[i])),
            (i, logits) => scores[i] = _sigmoid ? 1 / (1 + MathF.Exp(-logits[0])) : logits[0],
            cancellationToken);
        return scores;
    }

    public void Dispose() => _model.Dispose();
}
