using System.Globalization;
using System.Text.Json;
using Rag.Evaluation.Retrieval;
using Rag.Tests.Support;

namespace Rag.Evaluation.Tests.Retrieval;

public sealed class RetrievalMetricsTests
{
    private static readonly Dictionary<string, TieBreak> TieRules = new() { ["trec"] = TieBreak.IdDescending, ["id_asc"] = TieBreak.IdAscending, ["stable"] = TieBreak.Stable };

    [Fact]
    public void Every_measure_of_every_reference_query_under_every_tie_rule_is_equal()
    {
        JsonElement fixture = JsonDocument.Parse(File.ReadAllText(SharedData.Require("fixtures", "metrics", "retrieval_synthetic.json"))).RootElement;
        int compared = 0;
        foreach (JsonProperty rule in fixture.GetProperty("per_query").EnumerateObject())
        {
            Dictionary<string, List<double>> all = [];
            foreach (JsonProperty query in rule.Value.EnumerateObject())
            {
                IReadOnlyList<string> ranking = Ranking.FromScores(
                    fixture.GetProperty("run").GetProperty(query.Name).EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetDouble())), TieRules[rule.Name]);
                Dictionary<string, int> judgements = fixture.GetProperty("qrels").GetProperty(query.Name).EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetInt32());
                foreach (JsonProperty measure in query.Value.EnumerateObject())
                {
                    double actual = Measure(measure.Name, ranking, judgements);
                    Assert.True(Math.Abs(measure.Value.GetDouble() - actual) < 1e-9, $"{rule.Name} {query.Name} {measure.Name}: {actual} instead of {measure.Value}");
                    all.TryAdd(measure.Name, []);
                    all[measure.Name].Add(actual);
                    compared++;
                }
            }

            foreach (JsonProperty mean in fixture.GetProperty("mean_over_all_queries").GetProperty(rule.Name).EnumerateObject())
            {
                Assert.Equal(mean.Value.GetDouble(), all[mean.Name].Average(), 1e-9);
            }
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Nothing_relevant_or_nothing_found_scores_zero()
    {
        Dictionary<string, int> none = new() { ["a"] = 0 }, some = new() { ["a"] = 2 };
        foreach ((IReadOnlyList<string> ranking, Dictionary<string, int> judgements) in new (IReadOnlyList<string>, Dictionary<string, int>)[] { (["a", "b"], none), ([], some), (["b"], []) })
        {
            foreach (string measure in (string[])["ndcg_linear", "ndcg_exp@3", "recall@3", "precision@3", "f1@3", "hit_rate@3", "mrr", "map", "bpref", "r_precision"])
            {
                Assert.Equal(0, Measure(measure, ranking, judgements));
            }
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => RetrievalMetrics.Recall(["a"], some, 0));
    }

    private static double Measure(string name, IReadOnlyList<string> ranking, Dictionary<string, int> judgements)
    {
        string[] parts = name.Split('@');
        int k = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : int.MaxValue;
        return parts[0] switch
        {
            "ndcg_linear" => RetrievalMetrics.Ndcg(ranking, judgements, k),
            "ndcg_exp" => RetrievalMetrics.Ndcg(ranking, judgements, k, GainKind.Exponential),
            "precision" => RetrievalMetrics.Precision(ranking, judgements, k),
            "recall" => RetrievalMetrics.Recall(ranking, judgements, k),
            "hit_rate" => RetrievalMetrics.Success(ranking, judgements, k),
            "f1" => RetrievalMetrics.F1(ranking, judgements, k),
            "map" => RetrievalMetrics.AveragePrecision(ranking, judgements, k),
            "mrr" => RetrievalMetrics.ReciprocalRank(ranking, judgements, k),
            "r_precision" => RetrievalMetrics.RPrecision(ranking, judgements),
            "bpref" => RetrievalMetrics.Bpref(ranking, judgements),
            _ => throw new NotSupportedException($"The fixture has a measure that is not computed here: {name}"),
        };
    }
}
