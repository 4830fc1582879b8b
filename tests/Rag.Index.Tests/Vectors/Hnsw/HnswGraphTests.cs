using Rag.Index.Filters;
using Rag.Index.Tests.Support;
using Rag.Index.Vectors;
using Rag.Index.Vectors.Hnsw;

namespace Rag.Index.Tests.Vectors.Hnsw;

public sealed class HnswGraphTests
{
    private const int Dimensions = 24;

    [Theory]
    [InlineData(1, VectorMetric.Cosine, VectorPrecision.Single)]
    [InlineData(2, VectorMetric.L2, VectorPrecision.Int8)]
    [InlineData(3, VectorMetric.Dot, VectorPrecision.Half)]
    public void After_random_additions_and_removals_it_finds_what_is_there_and_nothing_else(int seed, VectorMetric metric, VectorPrecision precision)
    {
        Random random = new(seed);
        float[][] all = Clusters.Make(random, 4000, Dimensions, 20);
        using MemoryVectors vectors = new(metric, Dimensions, Options(precision));
        int added = 0;
        for (int round = 0; round < 12; round++)
        {
            int count = random.Next(1, 400);
            vectors.Add(all[added..(added + count)]);
            added += count;
            double share = random.NextDouble() * .4;
            HashSet<int> removed = [.. Enumerable.Range(0, added).Where(_ => random.NextDouble() < share)];
            vectors.Remove(removed.Contains);
            if (random.Next(3) > 0)
            {
                vectors.Build();
                AssertSound(vectors);
            }

            // Also while the graph lags behind: holes are not found, new rows are.
            float[][] queries = [.. Enumerable.Range(0, 20).Select(_ => all[random.Next(all.Length)])];
            foreach (float[] query in queries)
            {
                Assert.All(vectors.Search(query, 10), hit => Assert.True(vectors.Matrix.Live?[hit.Row] ?? true));
            }

            Assert.True(vectors.Recall(queries) >= .9);
        }
    }

    [Theory]
    [InlineData(VectorMetric.Cosine)]
    [InlineData(VectorMetric.L2)]
    public void After_half_is_removed_and_added_again_recall_holds(VectorMetric metric)
    {
        Random random = new(5);
        float[][] all = Clusters.Make(random, 6000, Dimensions, 30);
        using MemoryVectors vectors = new(metric, Dimensions, Options(VectorPrecision.Single));
        vectors.Add(all[..4000]);
        vectors.Build();
        float[][] queries = Clusters.Make(new(5), 200, Dimensions, 30);
        double before = vectors.Recall(queries);
        vectors.Remove(row => row % 2 == 0);
        vectors.Build();
        AssertSound(vectors);
        double half = vectors.Recall(queries);
        vectors.Add(all[..4000].Where((_, row) => row % 2 == 0));
        vectors.Build();
        AssertSound(vectors);
        double after = vectors.Recall(queries);
        Assert.True(before >= .95 && half >= .95 && after >= .95, $"{before} {half} {after}");
    }

    [Fact]
    public void With_one_thread_the_same_vectors_give_the_same_graph()
    {
        float[][] all = Clusters.Make(new(6), 800, Dimensions, 8);
        List<int>[] links = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using MemoryVectors vectors = new(VectorMetric.Cosine, Dimensions, Options(VectorPrecision.Single));
            vectors.Add(all);
            vectors.Build();
            HnswGraph graph = vectors.Snapshot.Graph!.Links;
            return Enumerable.Range(0, all.Length).SelectMany(row => graph.Links(row, 0).ToArray()).ToList();
        })];
        Assert.Equal(links[0], links[1]);
    }

    [Fact]
    public void Several_threads_build_a_graph_as_good_as_one_does()
    {
        float[][] all = Clusters.Make(new(7), 4000, Dimensions, 40);
        VectorSearchOptions options = Options(VectorPrecision.Single);
        options.Threads = 8;
        using MemoryVectors vectors = new(VectorMetric.Cosine, Dimensions, options);
        vectors.Add(all);
        vectors.Build();
        AssertSound(vectors);
        Assert.True(vectors.Recall(Clusters.Make(new(7), 200, Dimensions, 40)) >= .95);
    }

    [Theory]
    [InlineData(.5)]
    [InlineData(.05)]
    [InlineData(.005)]
    [InlineData(-1)]
    public void Walking_the_graph_under_a_filter_finds_permitted_rows_alone_and_as_well(double share)
    {
        Random random = new(8);
        float[][] all = Clusters.Make(random, 5000, Dimensions, 25);
        using MemoryVectors vectors = new(VectorMetric.Cosine, Dimensions, Options(VectorPrecision.Single));
        vectors.Add(all);
        vectors.Build();
        RowSet permitted = new(all.Length);
        for (int row = 0; row < all.Length; row++)
        {
            // -1: one whole cluster, far from most questions.
            if (share < 0 ? row % 25 == 3 : random.NextDouble() < share)
            {
                permitted.Add(row, row + 1);
            }
        }

        VectorSnapshot snapshot = vectors.Snapshot;
        int walked = 0;
        double recall = 0;
        int[] found = new int[96];
        float[] scores = new float[96];
        float[][] queries = Clusters.Make(new(8), 100, Dimensions, 25);
        foreach (float[] query in queries)
        {
            float[] prepared = new float[Dimensions];
            Assert.Null(new VectorForm(Dimensions, VectorMetric.Cosine).Prepare(query, prepared));
            int count = snapshot.Operations.Search(snapshot.Graph!.Links, snapshot.Matrix.Rows, all.Length, prepared, 96, permitted, found, scores);
            if (count > 0)
            {
                walked++;
                Assert.All(found[..count], row => Assert.True(permitted[row]));
                var truth = vectors.BruteForce(query, 10, permitted);
                recall += MemoryVectors.Found([.. found[..Math.Min(10, count)].Zip(scores)], truth[^1].Score) / (double)truth.Length;
            }

            Assert.All(vectors.Search(query, 10, permitted), hit => Assert.True(permitted[hit.Row]));
        }

        // Where few are permitted the walk gives up in time, and all of them are compared.
        Assert.True(share < .5 || walked == queries.Length);
        Assert.True(walked == 0 || recall / walked >= .95, $"{recall / walked} of {walked}");
        Assert.True(vectors.Recall(queries, 10, permitted) >= .95);
    }

    [Fact]
    public void The_estimated_spread_is_near_the_true_one()
    {
        float[][] all = Clusters.Make(new(9), 6000, Dimensions, 25);
        using MemoryVectors vectors = new(VectorMetric.Cosine, Dimensions, Options(VectorPrecision.Single));
        vectors.Add(all);
        VectorSnapshot exact = vectors.Snapshot;
        vectors.Build();
        foreach (float[] query in all[..20])
        {
            float[] prepared = new float[Dimensions];
            new VectorForm(Dimensions, VectorMetric.Cosine).Prepare(query, prepared);
            using VectorHits whole = exact.Search(prepared, 10, null, TestContext.Current.CancellationToken), graph = vectors.Snapshot.Search(prepared, 10, null, TestContext.Current.CancellationToken);
            Assert.True(graph.Rows.Length < whole.Rows.Length);
            Assert.Equal(whole.Deviation, graph.Deviation, .15 * whole.Deviation);
        }
    }

    [Fact]
    public async Task Searches_go_on_while_rows_are_added_and_taken_out()
    {
        float[][] all = Clusters.Make(new(10), 4000, Dimensions, 20);
        using MemoryVectors vectors = new(VectorMetric.Cosine, Dimensions, Options(VectorPrecision.Single));
        vectors.Add(all[..1000]);
        vectors.Build();
        bool done = false;
        Task searching = Task.Run(() =>
        {
            float[] prepared = new float[Dimensions];
            new VectorForm(Dimensions, VectorMetric.Cosine).Prepare(all[0], prepared);
            while (!Volatile.Read(ref done))
            {
                VectorSnapshot snapshot = vectors.Snapshot;
                using VectorHits hits = snapshot.Search(prepared, 10, null, CancellationToken.None);
                Assert.True(hits.Rows.Length >= 10);
                foreach (int row in hits.Rows)
                {
                    Assert.True(row < snapshot.Matrix.Count && snapshot.Matrix.Live?[row] != false);
                }
            }
        }, TestContext.Current.CancellationToken);
        for (int i = 1000; i < all.Length; i += 500)
        {
            vectors.Add(all[i..(i + 500)]);
            int part = i / 500;
            vectors.Remove(row => row % 16 == part && row > 0);
            vectors.Build();
        }

        Volatile.Write(ref done, true);
        await searching;
        AssertSound(vectors);
    }

    private static VectorSearchOptions Options(VectorPrecision precision) => new() { Precision = precision, ExactBelow = 1, EfConstruction = 100, Threads = 1 };

    // No list leads to a hole, to its own row, or twice to another; nearly every row can be reached.
    private static void AssertSound(MemoryVectors vectors)
    {
        HnswGraph graph = vectors.Snapshot.Graph!.Links;
        RowSet? live = vectors.Matrix.Live;
        (int entry, int top) = graph.Entry;
        Assert.Equal(top, graph.Level(entry));
        for (int row = 0; row < vectors.Matrix.Count; row++)
        {
            for (int level = 0; level <= graph.Level(row); level++)
            {
                int[] links = graph.Links(row, level).ToArray();
                Assert.True(live?[row] != false || links.Length == 0);
                Assert.Equal(links.Length, links.Distinct().Count());
                Assert.DoesNotContain(row, links);
                Assert.All(links, link => Assert.True(live?[link] != false && graph.Level(link) >= level));
            }
        }

        Queue<int> open = new([entry]);
        HashSet<int> seen = [entry];
        while (open.TryDequeue(out int row))
        {
            foreach (int link in graph.Links(row, 0).ToArray().Where(seen.Add))
            {
                open.Enqueue(link);
            }
        }

        Assert.True(seen.Count >= .99 * vectors.Matrix.LiveCount, $"{seen.Count} of {vectors.Matrix.LiveCount} can be reached");
    }
}
