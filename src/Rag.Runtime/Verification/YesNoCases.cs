using System.Globalization;
using Rag.Models;
using Rag.Models.Packing;
using Rag.Runtime.Generation;
using Rag.Runtime.Reranking;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>
/// The cases of a decoder that answers yes or no: the two logits behind ids, in one sequence that shares what their beginnings have
/// in common and each alone, and the scores of pairs of texts.
/// </summary>
internal sealed class YesNoCases(
    ModelFolder folder, ExpectedOutputs expected, VerificationOptions options, IProgress<WeightPackingProgress>? packing, CancellationToken cancellationToken)
{
    private readonly ExpectedBatch _batch = ExpectedBatch.Read(expected);

    public IEnumerable<VerificationCase> Run()
    {
        (int Yes, int No) answers = (expected.Number("yes_token_id"), expected.Number("no_token_id"));
        CrossEncoderOptions how = new() { Runtime = options.Runtime, MaxTokens = expected.MaxTokens() };
        using OnnxDecoderModel model = OnnxDecoderModel.Load(folder, options.Runtime, progress: packing, cancellationToken: cancellationToken);
        if (Math.Min(answers.Yes, answers.No) < 0 || Math.Max(answers.Yes, answers.No) >= model.VocabularySize)
        {
            throw new CorruptException($"{expected.Path}: 'yes_token_id' or 'no_token_id' is none of the model's {model.VocabularySize} token ids.", expected.Path);
        }

        YesNoScorer scorer = YesNoScorer.Create(folder, model, FolderTokenizer.Load(folder), answers, how);
        yield return Together(model, scorer);
        if (expected.ShapeOf("alone.0.yes_no_logits") is not null)
        {
            yield return Alone(scorer);
        }

        yield return Scores(scorer);
    }

    private VerificationCase Together(OnnxDecoderModel model, YesNoScorer scorer)
    {
        float[] reference = expected.Tensor("yes_no_logits", 2L * _batch.Rows);
        Comparison comparison = new("yes and no, batch", options.AllowedDifference);
        using IDecoderSession session = model.CreateSession();
        List<int> held = [];
        for (int row = 0; row < _batch.Rows; row++)
        {
            (float yes, float no) = scorer.Logits(session, held, Prompt(row), cancellationToken);
            comparison.Add(reference.AsSpan(2 * row, 2), [yes, no]);
        }

        return comparison.End();
    }

    private VerificationCase Alone(YesNoScorer scorer)
    {
        Comparison comparison = new("yes and no, alone", options.AllowedDifference);
        for (int row = 0; row < _batch.Rows; row++)
        {
            (float yes, float no) = scorer.Logits(Prompt(row), cancellationToken);
            comparison.Add(expected.Tensor(string.Create(CultureInfo.InvariantCulture, $"alone.{row}.yes_no_logits"), 2), [yes, no]);
        }

        return comparison.End();
    }

    private VerificationCase Scores(YesNoScorer scorer)
    {
        (string First, string Second)[] pairs = expected.Pairs(expected.Root, "pairs");
        Comparison comparison = new("scores of texts", options.AllowedDifference);
        comparison.Add(expected.Tensor("score", pairs.Length), [.. pairs.Select(pair => scorer.Score(pair.First, [pair.Second], cancellationToken)[0])]);
        return comparison.End();
    }

    private int[] Prompt(int row) => expected.TokenIds(_batch.Of(_batch.Ids, row));
}
