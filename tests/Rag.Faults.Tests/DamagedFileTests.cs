using System.Globalization;
using Rag.Faults.Tests.Support;
using Rag.Index;

namespace Rag.Faults.Tests;

/// <summary>
/// Bytes of every file of an index are changed, files are cut short, zeroed, exchanged: searches give the right results or an
/// error by name. RAG_FLIPS says how many bytes are changed (600 by default), RAG_SEED from which seed.
/// </summary>
public sealed class DamagedFileTests
{
    private static int Flips => Environment.GetEnvironmentVariable("RAG_FLIPS") is { Length: > 0 } flips ? int.Parse(flips, CultureInfo.InvariantCulture) : 600;

    private static int Seed => Environment.GetEnvironmentVariable("RAG_SEED") is { Length: > 0 } seed ? int.Parse(seed, CultureInfo.InvariantCulture) : 1;

    /// <summary>Nobody has it open, and its last writer closed it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_changed_byte_of_an_index_at_rest_never_changes_results_without_a_word(bool readOnly)
    {
        List<string> wrong = await FlipAsync(await MakeAsync(withLog: false), readOnly);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(30)));
    }

    /// <summary>As a killed writer leaves it: the checksums of whole regions are not there, those of the log are.</summary>
    [Fact]
    public async Task A_changed_byte_beside_a_log_never_changes_results_without_a_word()
    {
        List<string> wrong = await FlipAsync(await MakeAsync(withLog: true), readOnly: false);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(30)));
    }

    /// <summary>As a large index, or one that lost the checksums of whole regions: rows have theirs, the trees' own structure has none.</summary>
    [Fact]
    public async Task A_changed_byte_where_rows_alone_are_checked_is_noticed_but_for_one_in_three_hundred()
    {
        (Dictionary<string, byte[]> files, HashSet<string> expected) = await MakeAsync(withLog: false);
        files.Remove("index.sum");
        List<string> wrong = await FlipAsync((files, expected), readOnly: true);
        Figures.Say($"rows alone: {wrong.Count} silent: {string.Join("; ", wrong)}");
        Assert.True(wrong.Count <= Math.Max(4, Flips / 300), string.Join('\n', wrong.Prepend($"{wrong.Count} wrong").Take(30)));
    }

    /// <summary>As a folder that was put together from two backups.</summary>
    [Theory]
    [InlineData("index.db")]
    [InlineData("index.sum")]
    [InlineData("vectors.cache")]
    [InlineData("index.db-wal")]
    public async Task A_file_of_another_index_is_refused_or_without_effect(string name)
    {
        (Dictionary<string, byte[]> files, HashSet<string> expected) = await MakeAsync(withLog: false);
        (Dictionary<string, byte[]> others, _) = await MakeAsync(withLog: name.EndsWith("-wal", StringComparison.Ordinal), "klmnopqrst");
        foreach (bool readOnly in (bool[])[true, false])
        {
            using var folder = new FastFolder();
            files[name] = others[name];
            Write(folder, files, (name, others[name]));
            DamagedIndex.Outcome outcome = await DamagedIndex.TryAsync(folder.Path, expected, readOnly);
            Figures.Say($"{name} of another index{(readOnly ? ", read" : "")}: {outcome}");
            Assert.InRange(outcome, DamagedIndex.Outcome.Refused, DamagedIndex.Outcome.Harmless);
        }
    }

    [Theory]
    [InlineData("index.sum")]
    [InlineData("vectors.cache")]
    [InlineData("writer.lock")]
    [InlineData("index.sum.tmp")]
    public async Task A_foreign_file_under_a_name_of_the_index_is_without_effect(string name)
    {
        (Dictionary<string, byte[]> files, HashSet<string> expected) = await MakeAsync(withLog: false);
        foreach (bool readOnly in (bool[])[true, false])
        {
            using var folder = new FastFolder();
            files[name] = "These are the notes of somebody else.\n"u8.ToArray();
            Write(folder, files, (name, files[name]));
            Assert.Equal(DamagedIndex.Outcome.Harmless, await DamagedIndex.TryAsync(folder.Path, expected, readOnly));
        }
    }

    [Fact]
    public async Task A_file_cut_short_or_with_a_page_of_zeros_or_of_noise_never_changes_results_without_a_word()
    {
        (Dictionary<string, byte[]> files, HashSet<string> expected) = await MakeAsync(withLog: false);
        (string name, byte[] whole) = ("index.db", files["index.db"]);
        var random = new Random(Seed);
        List<string> wrong = [];
        int cases = 0;
        for (int i = 0; i < 150; i++)
        {
            byte[] damaged = [.. whole];
            int page = i % (whole.Length / 8192);
            switch (i % 3)
            {
                case 0:
                    damaged = whole[..random.Next(whole.Length)];
                    break;
                case 1:
                    damaged.AsSpan(page * 8192, 8192).Clear();
                    break;
                default:
                    random.NextBytes(damaged.AsSpan(page * 8192, 8192));
                    break;
            }

            using var folder = new FastFolder();
            Write(folder, files, (name, damaged));
            DamagedIndex.Outcome outcome = await DamagedIndex.TryAsync(folder.Path, expected, readOnly: i % 2 == 0);
            cases++;
            if (outcome >= DamagedIndex.Outcome.Silent && damaged.Length > 0)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{outcome}: case {i}, page {page}, length {damaged.Length}"));
            }
        }

        Figures.Say($"{cases} files cut short, with pages of zeros or noise: {wrong.Count} silent");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static async Task<List<string>> FlipAsync((Dictionary<string, byte[]> Files, HashSet<string> Expected) index, bool readOnly)
    {
        (Dictionary<string, byte[]> files, HashSet<string> expected) = index;
        var random = new Random(Seed);
        SortedDictionary<DamagedIndex.Outcome, int> outcomes = [];
        List<string> wrong = [];
        string[] names = [.. files.Keys.Order(StringComparer.Ordinal)];
        for (int i = 0; i < Flips; i++)
        {
            // Every second one in the database.
            string name = i % 2 == 0 ? "index.db" : names[i / 2 % names.Length];
            byte[] damaged = [.. files[name]];
            int position = random.Next(damaged.Length);
            damaged[position] ^= (byte)(i % 3 == 0 ? random.Next(1, 256) : 1 << random.Next(8));
            using var folder = new FastFolder();
            Write(folder, files, (name, damaged));
            DamagedIndex.Outcome outcome = await DamagedIndex.TryAsync(folder.Path, expected, readOnly);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            if (outcome >= DamagedIndex.Outcome.Silent)
            {
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{outcome}: byte {position} (page {position / 8192}, {position % 8192}) of {name} was {files[name][position]}, is {damaged[position]}"));
            }
        }

        Figures.Say($"{Flips} bytes flipped in {string.Join(", ", names)}{(readOnly ? ", read" : "")}: {string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key}"))}");
        return wrong;
    }

    private static void Write(FastFolder folder, Dictionary<string, byte[]> files, (string Name, byte[] Bytes) damaged)
    {
        foreach ((string name, byte[] bytes) in files)
        {
            File.WriteAllBytes(Path.Combine(folder.Path, name), name == damaged.Name ? damaged.Bytes : bytes);
        }
    }

    private static async Task<(Dictionary<string, byte[]> Files, HashSet<string> Expected)> MakeAsync(bool withLog, string documents = "abcdefghij")
    {
        using var folder = new FastFolder();
        await using (SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder.Path, DamagedIndex.Options(readOnly: false)))
        {
            await IngestScript.FillAsync(index, documents, version: 0);
        }

        await using SqliteChunkIndex again = await SqliteChunkIndex.OpenAsync(folder.Path, DamagedIndex.Options(readOnly: !withLog));
        HashSet<string> expected = [await DamagedIndex.SearchAsync(again)];
        foreach (char name in withLog ? "bdz" : "")
        {
            // A log that is damaged from some place on is read up to there: every commit is a right answer.
            await IngestScript.FillAsync(again, name.ToString(), version: 1);
            expected.Add(await DamagedIndex.SearchAsync(again));
        }

        // Of the log's shared memory only what a killed writer leaves is of interest; a reader makes its own.
        string[] names = withLog ? ["index.db", "index.db-wal", "index.db-shm", "vectors.cache"] : ["index.db", "index.sum", "vectors.cache"];
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        foreach (string name in names)
        {
            await using FileStream stream = new(Path.Combine(folder.Path, name), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            byte[] bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes);
            files.Add(name, bytes);
        }

        return (files, expected);
    }
}
