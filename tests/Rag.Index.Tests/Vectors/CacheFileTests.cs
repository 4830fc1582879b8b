using Rag.Index.Storage;
using Rag.Index.Tests.Support;
using Rag.Index.Vectors;
using Rag.Index.Vectors.Caching;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Tests.Vectors;

/// <summary>An index with a graph: its cache file saves time and decides nothing.</summary>
public sealed class CacheFileTests : IDisposable
{
    private const int Documents = 30;
    private const int ChunksPerDocument = 20;

    private readonly TestFolder _folder = new();

    private string Cache => Path.Combine(_folder.Path, "vectors.cache");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(VectorMetric.Cosine, VectorPrecision.Single)]
    [InlineData(VectorMetric.Dot, VectorPrecision.Half)]
    [InlineData(VectorMetric.L2, VectorPrecision.Int8)]
    public async Task A_reader_finds_the_same_with_and_without_it(VectorMetric metric, VectorPrecision precision)
    {
        await FillAsync(metric, precision);
        Assert.True(File.Exists(Cache));
        string[] with = await SearchAsync(precision);
        File.Delete(Cache);
        string[] without = await SearchAsync(precision);
        Assert.True(Agreement(with, without) >= .95);
    }

    [Fact]
    public async Task Every_damage_makes_it_be_built_again()
    {
        await FillAsync();
        byte[] whole = await File.ReadAllBytesAsync(Cache);
        string[] expected = await SearchAsync();
        Assert.NotNull(Read());
        Random random = new(3);
        for (int i = 0; i < 600; i++)
        {
            byte[] damaged = [.. whole];
            if (i % 3 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }
            else
            {
                damaged[random.Next(i % 3 == 1 ? damaged.Length : 200)] ^= (byte)(1 << random.Next(8));
            }

            await File.WriteAllBytesAsync(Cache, damaged);
            Assert.Null(Read());
            if (i % 20 < 2)
            {
                Assert.True(Agreement(expected, await SearchAsync()) >= .95);
            }
        }

        await File.WriteAllBytesAsync(Cache, [.. whole, 0]);
        Assert.Null(Read());

        await File.WriteAllTextAsync(Cache, new string('x', 10_000));
        Assert.True(Agreement(expected, await SearchAsync()) >= .95);
        await using (await OpenAsync())
        {
        }

        Assert.Equal(whole.Length, new FileInfo(Cache).Length);
    }

    [Fact]
    public async Task A_file_of_another_index_is_not_used()
    {
        await FillAsync();
        string[] expected = await SearchAsync();
        using CacheFileTests other = new();
        await other.FillAsync(seed: 99);
        File.Copy(other.Cache, Cache, overwrite: true);
        Assert.True(Agreement(expected, await SearchAsync()) >= .95);
    }

    [Fact]
    public async Task What_was_removed_is_gone_from_the_file_when_the_writer_closes()
    {
        await FillAsync(VectorMetric.L2);
        float[] secret = [.. Enumerable.Range(0, Make.Dimensions).Select(i => 12345.5f + i)];
        byte[] bytes = [.. secret.SelectMany(BitConverter.GetBytes)];
        await using (SqliteChunkIndex index = await OpenAsync())
        {
            await index.UpsertAsync(Make.Document("secret", [.. Enumerable.Range(0, 100).Select(i => $"{i}")], [.. Enumerable.Repeat<ReadOnlyMemory<float>>(secret, 100)]));
        }

        Assert.True((await File.ReadAllBytesAsync(Cache)).AsSpan().IndexOf(bytes) >= 0);
        await using (SqliteChunkIndex index = await OpenAsync())
        {
            await index.DeleteAsync("secret");
        }

        Assert.True((await File.ReadAllBytesAsync(Cache)).AsSpan().IndexOf(bytes) < 0);
        await using (SqliteChunkIndex index = await OpenAsync())
        {
            for (int i = 0; i < Documents; i++)
            {
                await index.DeleteAsync($"d{i}");
            }
        }

        Assert.False(File.Exists(Cache));
    }

    [Fact]
    public async Task A_reader_keeps_up_with_a_writer_that_adds_and_removes()
    {
        await FillAsync();
        await using SqliteChunkIndex reader = await OpenAsync(readOnly: true);
        await using SqliteChunkIndex writer = await OpenAsync();
        Random random = new(4);
        for (int i = 0; i < 60; i++)
        {
            string id = $"d{random.Next(2 * Documents)}";
            if (i % 3 == 0)
            {
                await writer.DeleteAsync(id);
            }
            else
            {
                await writer.UpsertAsync(Make.WithVectors(id, random, random.Next(1, 30), $"n{i}"));
            }

            ReadOnlyMemory<float> vector = Make.Vector(random);
            ChunkScores read = await reader.SearchVectorAsync(vector, 10), written = await writer.SearchVectorAsync(vector, 10);
            HashSet<string> stored = [.. (await Task.WhenAll((await reader.GetDocumentStampsAsync()).Keys.Select(async key => await reader.GetDocumentChunksAsync(key)))).SelectMany(chunks => chunks).Select(chunk => chunk.Id)];
            Assert.All(read.Ids.Concat(written.Ids), found => Assert.Contains(found, stored));
            Assert.Equal(10, read.Ids.Count);
            IReadOnlyList<float>? again = await reader.ScoreVectorAsync(vector, read.Ids);
            Assert.Equal(read.Scores, again!, (a, b) => Math.Abs(a - b) < 1e-6f);
        }
    }

    [Fact]
    public async Task A_metric_is_a_part_of_the_manifest()
    {
        await FillAsync(VectorMetric.L2);
        await using SqliteChunkIndex index = await OpenAsync();
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await index.SetManifestAsync(Make.Manifest, replace: false));
        Assert.Contains("vector metric: \"L2\" there, \"Cosine\" here", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, -1)]
    [InlineData(1, Documents * ChunksPerDocument)]
    [InlineData(0, 33)]
    public async Task Numbers_out_of_range_are_refused_even_under_right_checksums(int place, int number)
    {
        await FillAsync();
        using IndexConnection connection = IndexConnection.Open(_folder.Database, readOnly: false, TimeSpan.FromSeconds(1));
        byte[] bytes = await File.ReadAllBytesAsync(Cache);
        VectorCacheHeader header = VectorCacheHeader.Parse(bytes, bytes.Length, CacheStamps.Read(connection), Format)!;
        int links = checked((int)(header.HeaderLength + header.RowsLength + header.KeysLength));
        BitConverter.TryWriteBytes(bytes.AsSpan(links + (place * sizeof(int))), number);
        uint[] checksums = [.. bytes[header.HeaderLength..].Chunk(VectorCacheHeader.BlockLength).Select(block => BlobReader.Checksum(block))];
        byte[] start = (header with { Checksums = checksums }).ToBytes();
        start.CopyTo(bytes, 0);
        await File.WriteAllBytesAsync(Cache, bytes);
        CacheStamps.Write(connection, VectorCacheHeader.StampOf(start));
        Assert.Null(Read());
        Assert.Equal(100, (await SearchAsync()).Length);
    }

    private static RowFormat Format => new(new(Make.Embedding), VectorPrecision.Single);

    private VectorSnapshot? Read()
    {
        using IndexConnection connection = IndexConnection.Open(_folder.Database, readOnly: true, TimeSpan.FromSeconds(1));
        ChunkIndexOptions options = new();
        Configure(options, VectorPrecision.Single, readOnly: true);
        return VectorCacheFile.Read(Cache, CacheStamps.Read(connection)!, Format, options.Vectors, IndexState.Load(connection));
    }

    private static double Agreement(string[] expected, string[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return expected.Zip(actual).Average(pair => pair.First == pair.Second ? 1.0 : 0);
    }

    private async Task<string[]> SearchAsync(VectorPrecision precision = VectorPrecision.Single)
    {
        await using SqliteChunkIndex index = await OpenAsync(precision, readOnly: true);
        List<string> found = [];
        for (int seed = 0; seed < 20; seed++)
        {
            ChunkScores scores = await index.SearchVectorAsync(Make.Vector(new(seed)), 5);
            found.AddRange(scores.Scores.Select(score => $"{score:f5}"));
        }

        return [.. found];
    }

    private async Task FillAsync(VectorMetric metric = VectorMetric.Cosine, VectorPrecision precision = VectorPrecision.Single, int seed = 1)
    {
        Random random = new(seed);
        await using SqliteChunkIndex index = await OpenAsync(precision);
        await index.SetManifestAsync(Make.Manifest with { Embedding = Make.Embedding with { Metric = metric } }, replace: false);
        for (int i = 0; i < Documents; i++)
        {
            await index.UpsertAsync(Make.WithVectors($"d{i}", random, ChunksPerDocument));
        }
    }

    private ValueTask<SqliteChunkIndex> OpenAsync(VectorPrecision precision = VectorPrecision.Single, bool readOnly = false) => _folder.OpenAsync(options => Configure(options, precision, readOnly));

    private static void Configure(ChunkIndexOptions options, VectorPrecision precision, bool readOnly)
    {
        options.ReadOnly = readOnly;
        options.Vectors.Precision = precision;
        options.Vectors.ExactBelow = 100;
        options.Vectors.EfConstruction = 64;
        options.Vectors.Threads = 2;
    }
}
