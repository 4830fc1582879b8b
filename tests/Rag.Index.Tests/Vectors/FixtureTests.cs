using System.Globalization;
using Rag.Index.Filters;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Vectors;

/// <summary>Against true neighbours that were computed elsewhere.</summary>
public sealed class FixtureTests
{
    private const int Top = 10;

    public static TheoryData<VectorMetric, VectorPrecision> Forms => new MatrixTheoryData<VectorMetric, VectorPrecision>(Enum.GetValues<VectorMetric>(), Enum.GetValues<VectorPrecision>()).Aggregate(
        new TheoryData<VectorMetric, VectorPrecision>(), (data, row) =>
        {
            data.Add(row.Data.Item1, row.Data.Item2);
            return data;
        });

    [Theory]
    [InlineData(VectorMetric.Cosine)]
    [InlineData(VectorMetric.Dot)]
    [InlineData(VectorMetric.L2)]
    public void An_exact_scan_finds_the_true_neighbours_with_their_scores(VectorMetric metric)
    {
        VectorFixture fixture = VectorFixture.Require();
        using MemoryVectors vectors = new(metric, VectorFixture.Dimensions, new() { ExactBelow = int.MaxValue });
        vectors.Add(fixture.Vectors);
        foreach (string filter in VectorFixture.Filters)
        {
            RowSet? permitted = fixture.Passing(filter);
            (int[][] ids, float[][] scores) = VectorFixture.Truth(filter, metric);
            for (int i = 0; i < fixture.Queries.Length; i += 5)
            {
                var hits = vectors.Search(fixture.Queries[i], Top, permitted);
                for (int rank = 0; rank < Top; rank++)
                {
                    Assert.Equal(scores[i][rank], hits[rank].Score, 3e-6);
                    bool tie = (rank > 0 && scores[i][rank - 1] - scores[i][rank] < 3e-6) || scores[i][rank] - scores[i][rank + 1] < 3e-6;
                    Assert.True(tie || ids[i][rank] == hits[rank].Row, $"{filter}, question {i}, rank {rank}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_graph_finds_at_least_95_percent_under_every_filter_at_the_default_settings(VectorMetric metric, VectorPrecision precision)
    {
        VectorFixture fixture = VectorFixture.Require();
        using MemoryVectors vectors = new(metric, VectorFixture.Dimensions, new() { Precision = precision, ExactBelow = 1 });
        vectors.Add(fixture.Vectors);
        vectors.Build();
        foreach (string filter in VectorFixture.Filters)
        {
            RowSet? permitted = fixture.Passing(filter);
            float[][] scores = VectorFixture.Truth(filter, metric).Scores;
            double recall = 0;
            for (int i = 0; i < fixture.Queries.Length; i++)
            {
                var hits = vectors.Search(fixture.Queries[i], Top, permitted);
                Assert.All(hits, hit => Assert.True(permitted?[hit.Row] ?? true));
                recall += MemoryVectors.Found(hits, scores[i][Top - 1]) / (double)(Top * fixture.Queries.Length);
            }

            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{metric} {precision} {filter}: {recall:f4}, graph {vectors.Snapshot.UsesGraph(Top, permitted)}"));
            Assert.True(recall >= .95, string.Create(CultureInfo.InvariantCulture, $"{filter}: {recall:f4}"));
        }

        Assert.True(vectors.Snapshot.UsesGraph(Top, null));
    }
}
