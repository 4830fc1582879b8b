using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Rag.Retrieval;
using Rag.Tests.Support;

namespace Rag.Tests.Retrieval;

public sealed class FusionTests
{
    private static FusionSide Side(float[] scores, double best, double tenth, double? deviation) => new()
    {
        Scores = scores, Best = best, Tenth = tenth, StandardDeviation = deviation, HasResults = true,
        Ranks = [.. scores.Select((score, i) => 1 + scores.Where((other, j) => other > score || (other == score && j < i)).Count())],
    };

    private static double[] Fuse(IFusion fusion, FusionSide dense, FusionSide text)
    {
        double[] scores = new double[dense.Scores.Count];
        fusion.Fuse(dense, text, scores);
        return scores;
    }

    [Fact]
    public void Gap_WithDeviations_GivesTheValuesComputedByHand()
    {
        // g_d = (.9-.5)/.1 = 4, g_b = (12-3)/4 = 2.25; u = .8*2 = 1.6, v = .2*1.5 = .3; w = 1.6/1.9.
        double w = 1.6 / 1.9;
        double[] scores = Fuse(new GapWeightedFusion(), Side([.9f, .52f], .9, .5, .1), Side([6, 12], 12, 3, 4));
        Assert.Equal(w + ((1 - w) * .5), scores[0], 6);
        Assert.Equal((w * 1.52 / 1.9) + (1 - w), scores[1], 6);
    }

    [Fact]
    public void Gap_WithoutDeviations_UsesTheRelativeGap()
    {
        // g_d = .38/1.9 = .2, g_b = 9/12 = .75.
        double w = .8 * Math.Sqrt(.2) / ((.8 * Math.Sqrt(.2)) + (.2 * Math.Sqrt(.75)));
        Assert.Equal(w, new GapWeightedFusion().Weight(Side([.9f], .9, .52, null), Side([12], 12, 3, 4)), 9);
    }

    [Fact]
    public void Gap_ConstantScores_FallBackToThePrior() =>
        Assert.Equal(.8, new GapWeightedFusion().Weight(Side([.5f, .5f], .5, .5, 0), Side([1, 1], 1, 1, 0)), 9);

    [Fact]
    public void Gap_NoWordMatches_IsTheDenseSideAlone()
    {
        FusionSide nothing = Side([0, 0], 0, 0, 0) with { HasResults = false };
        double[] scores = Fuse(new GapWeightedFusion(), Side([.9f, .5f], .9, .5, .1), nothing);
        Assert.Equal([1, 1.5 / 1.9], scores, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Tm2c2_Alpha_WeighsTheDenseSide()
    {
        double[] scores = Fuse(new Tm2c2Fusion(.7), Side([.6f, .2f], .6, .2, null), Side([2, 4], 4, 2, null));
        Assert.Equal(.7 + (.3 * .5), scores[0], 6);
        Assert.Equal((.7 * 1.2 / 1.6) + .3, scores[1], 6);
    }

    [Fact]
    public void ReciprocalRank_Fixtures_AgreeWithTheReference()
    {
        string path = SharedData.Require("fixtures", "metrics", "fusion.jsonl");
        int compared = 0;
        foreach (string line in File.ReadLines(path))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            JsonElement.ArrayEnumerator runs = record.RootElement.GetProperty("runs").EnumerateArray();
            List<Dictionary<string, double>> sides = [.. runs.Select(run => run.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble()))];
            if (sides.Count != 2)
            {
                continue;
            }

            string[] ids = [.. sides.SelectMany(side => side.Keys).Distinct().Order(StringComparer.Ordinal)];
            foreach ((string name, double k) in new[] { ("rrf60", 60.0), ("rrf10", 10.0) })
            {
                double[] scores = Fuse(new ReciprocalRankFusion(k), Ranked(ids, sides[0]), Ranked(ids, sides[1]));
                var ours = ids.Zip(scores).OrderByDescending(pair => Math.Round(pair.Second, 12)).ThenBy(pair => pair.First, StringComparer.Ordinal).ToList();
                var theirs = record.RootElement.GetProperty(name).EnumerateArray().Select(pair => (pair[0].GetString()!, pair[1].GetDouble())).ToList();
                Assert.Equal(theirs.Select(pair => pair.Item1), ours.Select(pair => pair.First));
                Assert.Equal(theirs.Select(pair => pair.Item2), ours.Select(pair => pair.Second), (a, b) => Math.Abs(a - b) < 1e-12);
                compared++;
            }
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Any_CandidateBetterOnBothSides_NeverRanksBelow() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(AnySides.ToArbitrary(), sides => Fusions.All(fusion =>
            {
                double[] scores = Fuse(fusion, sides.Dense, sides.Text);
                return Enumerable.Range(0, scores.Length).All(a => Enumerable.Range(0, scores.Length).All(b =>
                    !(sides.Dense.Scores[a] > sides.Dense.Scores[b] && sides.Text.Scores[a] > sides.Text.Scores[b]) || scores[a] >= scores[b] - 1e-12));
            })));

    [Fact]
    public void Any_CandidatesInAnotherOrder_GetTheSameScores() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(AnySides.ToArbitrary(), sides => Fusions.All(fusion =>
                Fuse(fusion, sides.Dense, sides.Text).Reverse().SequenceEqual(Fuse(fusion, Reversed(sides.Dense), Reversed(sides.Text))))));

    private static IFusion[] Fusions => [new GapWeightedFusion(), new Tm2c2Fusion(), new ReciprocalRankFusion()];

    private static Gen<(FusionSide Dense, FusionSide Text)> AnySides =>
        from length in Gen.Choose(1, 15)
        from dense in Gen.ArrayOf(Gen.Choose(-100, 100), length)
        from text in Gen.ArrayOf(Gen.Choose(0, 3000), length)
        from known in Gen.Elements(true, false)
        select (Whole([.. dense.Select(value => value / 100f)], known), Whole([.. text.Select(value => value / 100f)], known));

    private static FusionSide Whole(float[] scores, bool known)
    {
        float[] sorted = [.. scores.OrderDescending()];
        double mean = scores.Average(), deviation = Math.Sqrt(scores.Average(score => Math.Pow(score - mean, 2)));
        return Side(scores, sorted[0], sorted[Math.Min(9, sorted.Length - 1)], known ? deviation : null);
    }

    private static FusionSide Reversed(FusionSide side) => side with { Scores = [.. side.Scores.Reverse()], Ranks = [.. side.Ranks.Reverse()] };

    private static FusionSide Ranked(string[] ids, Dictionary<string, double> run)
    {
        List<string> order = [.. run.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Key)];
        return new FusionSide
        {
            Scores = [.. ids.Select(id => (float)run.GetValueOrDefault(id))], Ranks = [.. ids.Select(id => order.IndexOf(id) + 1)],
            Best = 0, Tenth = 0, HasResults = order.Count > 0,
        };
    }
}
