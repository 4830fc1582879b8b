using System.Text.Json;
using Rag.Evaluation.Answers;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Answers;

public sealed class AnswerMetricsTests
{
    [Fact]
    public void Every_reference_answer_has_its_normal_form_exact_match_and_F1()
    {
        int compared = 0;
        foreach (string line in File.ReadLines(SharedData.Require("fixtures", "metrics", "qa_em_f1.jsonl")))
        {
            JsonElement json = JsonDocument.Parse(line).RootElement;
            string prediction = json.GetProperty("prediction").GetString()!;
            string[] golds = [.. json.GetProperty("golds").EnumerateArray().Select(gold => gold.GetString()!)];
            (string Normal, double Match, double F1, double F1V2) actual = json.GetProperty("lang").GetString() == "ko"
                ? (KorquadAnswers.Normalize(prediction), KorquadAnswers.ExactMatch(prediction, golds), KorquadAnswers.F1(prediction, golds), 0)
                : (SquadAnswers.Normalize(prediction), SquadAnswers.ExactMatch(prediction, golds), SquadAnswers.F1(prediction, golds), SquadAnswers.F1(prediction, golds, emptyMatches: true));
            Assert.Equal(json.GetProperty("normalized").GetString(), actual.Normal);
            Assert.True(json.GetProperty("em").GetDouble() == actual.Match, line);
            Assert.True(Math.Abs(json.GetProperty(json.TryGetProperty("f1_char", out _) ? "f1_char" : "f1_v1").GetDouble() - actual.F1) < 1e-9, line);
            if (json.TryGetProperty("f1_v2", out JsonElement second))
            {
                Assert.True(Math.Abs(second.GetDouble() - actual.F1V2) < 1e-9, line);
            }

            compared++;
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void No_gold_answer_scores_zero()
    {
        Assert.Equal(0, SquadAnswers.F1("x", []));
        Assert.Equal(0, SquadAnswers.ExactMatch("x", []));
        Assert.Equal(0, KorquadAnswers.F1("x", []));
    }
}
