using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Rag.Index.Maintenance;
using Rag.Index.Tests.Support;

namespace Rag.Index.Tests.Vectors;

/// <summary>Sparse vectors and token vectors in the store: many, removed, damaged, made anew, exported.</summary>
public sealed class VectorKindTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Many_chunks_in_many_blocks_are_searched_as_by_brute_force_before_and_after_deletes()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Kinds, replace: false);
        Dictionary<string, SparseVector> expected = [];
        for (int i = 0; i < 30; i++)
        {
            IndexedDocument document = Made(i, 50);
            await index.UpsertAsync(document);
            foreach ((string id, SparseVector vector) in document.Chunks.Zip(document.SparseVectors!, (chunk, vector) => (chunk.Id, vector)))
            {
                expected.Add(id, vector);
            }
        }

        Assert.True((long)Sql("SELECT count(*) FROM sparse_postings WHERE place = 0")! > 2, "The first place has one block only.");
        await CompareAsync(index, expected);
        foreach (int gone in (int[])[0, 7, 8, 9, 20, 29])
        {
            Assert.True(await index.DeleteAsync($"d{gone}"));
            foreach (string id in expected.Keys.Where(id => id.StartsWith($"d{gone}#", StringComparison.Ordinal)).ToList())
            {
                expected.Remove(id);
            }
        }

        await CompareAsync(index, expected);
        Assert.Empty(await index.VerifyAsync());
        Assert.Equal(24L * 50, Sql("SELECT count(*) FROM sparse"));
        Assert.Equal(24L * 50, Sql("SELECT count(*) FROM tokens"));
        await index.DeleteManyAsync([.. Enumerable.Range(0, 30).Select(i => $"d{i}")]);
        Assert.Equal(0L, Sql("SELECT (SELECT count(*) FROM sparse) + (SELECT count(*) FROM tokens) + (SELECT count(*) FROM sparse_postings)"));
    }

    [Theory]
    [InlineData("DELETE FROM sparse WHERE chunk = 3", "1 passages have no sparse vector")]
    [InlineData("DELETE FROM tokens WHERE chunk = 3", "1 passages have no token vectors")]
    [InlineData("UPDATE sparse SET data = zeroblob(9) WHERE chunk = 3", "The sparse vector of passage 3 cannot be read")]
    [InlineData("UPDATE tokens SET data = zeroblob(9) WHERE chunk = 3", "The token vectors of passage 3 cannot be read")]
    [InlineData("UPDATE tokens SET text_hash = zeroblob(16) WHERE chunk = 3", "The token vectors of passage 3 is not of its text")]
    [InlineData("INSERT INTO sparse VALUES (100000, zeroblob(16), zeroblob(9))", "1 sparse vector records belong to no passage")]
    [InlineData("DELETE FROM sparse_postings WHERE place = 0", "difference between the sparse vectors and their postings")]
    [InlineData("UPDATE sparse_postings SET place = 1000 WHERE place = 0", "difference between the sparse vectors and their postings")]
    [InlineData("UPDATE sparse_postings SET data = zeroblob(9) WHERE place = 0", "A block of sparse postings is damaged")]
    public async Task Verify_names_each_thing_that_does_not_fit(string damage, string finding)
    {
        await FillAsync();
        _folder.Damage(damage);
        await using SqliteChunkIndex index = await _folder.OpenReaderAsync();
        Assert.Contains(await index.VerifyAsync(), fault => fault.Contains(finding, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("DELETE FROM sparse_postings WHERE place < 4")]
    [InlineData("UPDATE sparse_postings SET data = zeroblob(9)")]
    [InlineData("INSERT INTO sparse VALUES (100000, zeroblob(16), zeroblob(9))")]
    [InlineData("INSERT INTO tokens VALUES (100000, zeroblob(16), zeroblob(9))")]
    public async Task A_rebuild_makes_the_postings_anew_and_drops_what_belongs_to_nothing(string damage)
    {
        string before = await FillAsync();
        _folder.Damage(damage);
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        Assert.NotEmpty(await index.VerifyAsync());
        await index.RebuildAsync();
        Assert.Empty(await index.VerifyAsync());
        Assert.Equal(before, await ShowAsync(index));
    }

    [Fact]
    public async Task Damaged_records_are_errors_by_name_never_wrong_scores()
    {
        string before = await FillAsync();
        byte[] whole = await File.ReadAllBytesAsync(_folder.Database);
        Random random = new(3);
        int noticed = 0;
        for (int i = 0; i < 200; i++)
        {
            string table = (i % 3) switch { 0 => "sparse", 1 => "sparse_postings", _ => "tokens" };
            _folder.Damage($"UPDATE {table} SET data = CAST(substr(data, 1, {random.Next(8)}) || x'{random.Next(256):x2}' || substr(data, {random.Next(2, 12)}) AS BLOB)");
            await using (SqliteChunkIndex index = await _folder.OpenReaderAsync())
            {
                try
                {
                    Assert.Equal(before, await ShowAsync(index));
                }
                catch (CorruptException)
                {
                    noticed++;
                }
            }

            await File.WriteAllBytesAsync(_folder.Database, whole);
        }

        Assert.InRange(noticed, 100, 200);
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_write_leaves_the_last_commit_or_this_one()
    {
        string before = await FillAsync(), after;
        List<(string Step, TestFolder Left)> copies = [];
        bool watching = false;
        await using (SqliteChunkIndex index = await _folder.OpenAsync(options => options.OnStep = step => copies.AddRange(watching ? [(step, _folder.CopyFiles())] : [])))
        {
            watching = true;
            await index.UpsertAsync(Made(3, 300));
            watching = false;
            after = await ShowAsync(index);
        }

        Assert.NotEqual(before, after);
        Assert.Contains(copies, copy => copy.Step == "merged");
        foreach ((string step, TestFolder left) in copies)
        {
            using (left)
            {
                await using SqliteChunkIndex index = await left.OpenAsync();
                Assert.Empty(await index.VerifyAsync());
                Assert.Equal(step == "committed" ? after : before, await ShowAsync(index));
            }
        }
    }

    [Fact]
    public async Task An_export_that_is_imported_gives_an_equal_index()
    {
        string before = await FillAsync();
        using MemoryStream export = new(), again = new();
        await using (SqliteChunkIndex index = await _folder.OpenReaderAsync())
        {
            await index.ExportAsync(export);
        }

        Assert.Contains("\"version\":2", Encoding.UTF8.GetString(export.ToArray()), StringComparison.Ordinal);
        using TestFolder other = new();
        await using SqliteChunkIndex copy = await other.OpenAsync();
        await copy.ImportAsync(new MemoryStream(export.ToArray()));
        Assert.Empty(await copy.VerifyAsync());
        Assert.Equal(before, await ShowAsync(copy));
        await copy.ExportAsync(again);
        Assert.Equal(Encoding.UTF8.GetString(export.ToArray()), Encoding.UTF8.GetString(again.ToArray()));
    }

    [Theory]
    [InlineData("\"version\":2", "\"version\":1", typeof(IncompatibleException))]
    [InlineData("\"version\":2", "\"version\":3", typeof(IncompatibleException))]
    [InlineData("\"sparse\":\"", "\"sparse\":\"AAAA", typeof(CorruptException))]
    [InlineData("\"sparse\":\"AAAAAA", "\"sparse\":\"/wAAAA", typeof(CorruptException))]
    [InlineData("\"sparse\":\"", "\"sparsely\":\"", typeof(CorruptException))]
    [InlineData("\"tokens\":\"", "\"tokens\":\"AAAA", typeof(CorruptException))]
    [InlineData("\"tokens\":\"", "\"takens\":\"", typeof(CorruptException))]
    [InlineData("\"dimensions\":24", "\"dimensions\":0", typeof(CorruptException))]
    public async Task Lies_in_an_export_are_refused(string truth, string lie, Type error)
    {
        await FillAsync();
        using MemoryStream stream = new();
        await using (SqliteChunkIndex index = await _folder.OpenReaderAsync())
        {
            await index.ExportAsync(stream);
        }

        string export = Encoding.UTF8.GetString(stream.ToArray());
        int at = export.IndexOf(truth, StringComparison.Ordinal);
        Assert.True(at >= 0, export[..2000]);
        using TestFolder other = new();
        await using SqliteChunkIndex copy = await other.OpenAsync();
        await Assert.ThrowsAsync(error, async () => await copy.ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(export[..at] + lie + export[(at + truth.Length)..]))));
        Assert.Empty(await copy.VerifyAsync());
    }

    [Fact]
    public async Task What_was_made_of_a_text_is_found_again_for_it_in_another_document()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Kinds, replace: false);
        Random random = new(8);
        IndexedDocument stored = Make.WithKinds(Make.Document("a", ["ships at night", "lamps"], [Make.Vector(random), Make.Vector(random)]), random);
        await index.UpsertAsync(stored);
        IndexedDocument asked = Make.Document("b", ["none", "ships at night"]);
        IReadOnlyList<SparseVector?> sparse = await index.FindSparseVectorsAsync(asked.Chunks);
        IReadOnlyList<MultiVector?> tokens = await index.FindTokenVectorsAsync(asked.Chunks);
        Assert.Null(sparse[0]);
        Assert.Null(tokens[0]);
        Assert.Equal(stored.SparseVectors![0].Ids, sparse[1]!.Ids);
        Assert.Equal(stored.SparseVectors[0].Weights, sparse[1]!.Weights);
        Assert.Equal(stored.TokenVectors![0].Values, tokens[1]!.Values);
    }

    [Fact]
    public async Task Half_precision_moves_late_interaction_by_less_than_a_thousandth_of_a_token()
    {
        const int Dimensions = 128;
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.TextOnly with { Tokens = Make.Kinds.Tokens! with { Dimensions = Dimensions } }, replace: false);
        Random random = new(4);
        IndexedDocument document = Make.Document("a", [.. Enumerable.Range(0, 20).Select(i => $"w{i}")]);
        MultiVector[] tokens = [.. document.Chunks.Select(_ => Units(random, 60, Dimensions))];
        await index.UpsertAsync(document with { TokenVectors = tokens });
        MultiVector question = Units(random, 32, Dimensions);
        IReadOnlyList<float> scores = (await index.ScoreTokensAsync(question, [.. document.Chunks.Select(chunk => chunk.Id)]))!;
        double worst = tokens.Select((passage, i) => Math.Abs(question.MaxSim(passage) - scores[i])).Max();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"worst difference of a sum over 32 tokens: {worst:e1}, of scores from {scores.Min():f2} to {scores.Max():f2}"));
        Assert.InRange(worst, 1e-9, 32 * 1e-3);
    }

    [Fact]
    public async Task An_index_without_these_kinds_stores_and_exports_what_it_did_before()
    {
        await using SqliteChunkIndex index = await _folder.OpenAsync();
        await index.SetManifestAsync(Make.Manifest, replace: false);
        await index.UpsertAsync(Make.WithVectors("a", new(1), 2));
        Assert.DoesNotContain("Sparse", (string)Sql("SELECT manifest FROM state")!, StringComparison.Ordinal);
        using MemoryStream export = new();
        await index.ExportAsync(export);
        Assert.Contains("\"version\":1", Encoding.UTF8.GetString(export.ToArray()), StringComparison.Ordinal);
        IndexStatistics statistics = await index.GetStatisticsAsync();
        Assert.DoesNotContain(statistics.Parts, part => part.Name is "sparse" or "sparse postings" or "tokens");
        IncompatibleException error = await Assert.ThrowsAsync<IncompatibleException>(async () => await index.SetManifestAsync(Make.Kinds, replace: false));
        Assert.Contains("sparse vectors: none there, test/sparse here; token vectors: none there, test/tokens here", error.Message, StringComparison.Ordinal);
    }

    private static IndexedDocument Made(int number, int chunks)
    {
        Random random = new(number);
        return Make.WithKinds(Make.WithVectors($"d{number}", random, chunks), random);
    }

    private static MultiVector Units(Random random, int count, int dimensions)
    {
        float[] values = new float[count * dimensions];
        for (int i = 0; i < count; i++)
        {
            Span<float> unit = values.AsSpan(i * dimensions, dimensions);
            foreach (ref float value in unit)
            {
                value = (float)(random.NextDouble() - 0.5);
            }

            System.Numerics.Tensors.TensorPrimitives.Divide(unit, System.Numerics.Tensors.TensorPrimitives.Norm((ReadOnlySpan<float>)unit), unit);
        }

        return new(values, dimensions);
    }

    private static async Task CompareAsync(SqliteChunkIndex index, Dictionary<string, SparseVector> expected)
    {
        Random random = new(1);
        for (int i = 0; i < 20; i++)
        {
            SparseVector question = Make.Sparse(random);
            ChunkScores found = await index.SearchSparseAsync(question, 40);
            var best = expected.Select(pair => (Id: pair.Key, Score: pair.Value.Dot(question))).Where(item => item.Score > 0)
                .OrderByDescending(item => item.Score).ThenBy(item => item.Id, StringComparer.Ordinal).Take(40);
            Assert.Equal(best, found.Ids.Zip(found.Scores));
        }
    }

    private async Task<string> FillAsync()
    {
        string shown;
        await using (SqliteChunkIndex index = await _folder.OpenAsync())
        {
            await index.SetManifestAsync(Make.Kinds, replace: false);
            for (int i = 0; i < 12; i++)
            {
                await index.UpsertAsync(Made(i, 3));
            }

            shown = await ShowAsync(index);
        }

        // Closing merges: what waited before is in postings now.
        await using SqliteChunkIndex reader = await _folder.OpenReaderAsync();
        Assert.Equal(shown, await ShowAsync(reader));
        return shown;
    }

    private static async Task<string> ShowAsync(SqliteChunkIndex index)
    {
        StringBuilder text = new();
        Random random = new(2);
        for (int i = 0; i < 6; i++)
        {
            ChunkScores found = await index.SearchSparseAsync(Make.Sparse(random), 1000);
            IReadOnlyList<float> tokens = (await index.ScoreTokensAsync(Make.Tokens(random), found.Ids))!;
            IReadOnlyList<float> sparse = (await index.ScoreSparseAsync(Make.Sparse(random), found.Ids))!;
            text.AppendJoin(',', found.Ids.Select((id, n) => string.Create(CultureInfo.InvariantCulture, $"{id} {found.Scores[n]} {tokens[n]} {sparse[n]}"))).Append(CultureInfo.InvariantCulture, $" {found.StandardDeviation}\n");
        }

        return text.ToString();
    }

    private object? Sql(string sql)
    {
        using SqliteConnection connection = new($"Data Source={_folder.Database};Pooling=False");
        SQLitePCL.Batteries_V2.Init();
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
