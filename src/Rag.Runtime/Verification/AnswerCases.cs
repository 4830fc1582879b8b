using Rag.Models;
using Rag.Runtime.Classification;
using Rag.Runtime.Heads;
using Rag.Runtime.Reranking;

namespace Rag.Runtime.Verification;

/// <summary>What becomes of logits: the scores of a reranker, the probabilities of a classifier.</summary>
internal sealed class AnswerCases(ModelFolder folder, ExpectedOutputs expected, VerificationOptions options, CancellationToken cancellationToken)
{
    public IEnumerable<VerificationCase> Run()
    {
        if (expected.ShapeOf("score") is not null)
        {
            yield return Scores();
        }

        if (expected.ShapeOf("probabilities") is not null)
        {
            yield return Probabilities();
        }
    }

    private VerificationCase Scores()
    {
        using CrossEncoder model = CrossEncoder.Load(folder, new CrossEncoderOptions { Runtime = options.Runtime, MaxTokens = expected.MaxTokens() });
        (string First, string Second)[] pairs = expected.Pairs(expected.Root, "texts");
        Comparison comparison = new("scores of texts", options.AllowedDifference);
        comparison.Add(expected.Tensor("score", pairs.Length), [.. pairs.Select(pair => model.Score(pair.First, [pair.Second], cancellationToken)[0])]);
        return comparison.End();
    }

    private VerificationCase Probabilities()
    {
        using TextClassifier model = TextClassifier.Load(folder, new HeadModelOptions { Runtime = options.Runtime, MaxTokens = expected.MaxTokens() });
        string[] texts = expected.Texts(expected.Root, "texts");
        float[] reference = expected.Tensor("probabilities", (long)texts.Length * model.Labels.Count);
        IReadOnlyList<IReadOnlyList<LabelProbability>> found = model.Classify(texts, cancellationToken);
        Comparison comparison = new("probabilities of texts", options.AllowedDifference);
        comparison.Add(reference, [.. found.SelectMany(labels => model.Labels.Select(label => labels.First(one => one.Label == label).Probability))]);
        return comparison.End();
    }
}
