using System.Globalization;
using Rag.Cli.Tests.Support;
using Rag.Faults.Tests.Support;
using Rag.Faults.Tests.Support.Vfs;
using Rag.Index;

namespace Rag.Faults.Tests;

/// <summary>The disk is really full, really cannot be written, or another process is at work.</summary>
public sealed class FileSystemTests
{
    [Fact]
    public async Task On_a_full_file_system_the_index_stays_sound_and_goes_on_when_there_is_space()
    {
        using var folder = new WorkFolder();
        ChangingDocuments source = new(folder, 300, seed: 5);
        source.WriteFirst();
        string index = Directory.CreateDirectory(folder.Below("disk")).FullName;
        ToolResult result = await Mounts.RunAsync(
            """
            mount -t tmpfs -o size=600k none "$2" || exit 90
            rag ingest "$1" --index "$2/index" --embedding-model none; echo "first $?"
            rag index check --index "$2/index"; echo "check $?"
            mount -o remount,size=64m none "$2" || exit 91
            rag ingest "$1" --index "$2/index" --embedding-model none; echo "second $?"
            test -s "$2/index/index.db-wal" || echo "merged"
            rag index check --index "$2/index"; echo "check $?"
            """, source.Path, index);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("rag: The disk is full: the index ", result.Error, StringComparison.Ordinal);
        string[] lines = result.Out.Split('\n');
        Assert.Contains("first 1", lines);
        Assert.Equal(2, lines.Count(line => line == "check 0"));
        Assert.DoesNotContain("300 added, 0 updated, 0 unchanged", result.Out, StringComparison.Ordinal);
        Assert.Equal(["second 0", "merged"], lines.SkipWhile(line => line != "second 0").Take(2));
        Figures.Say("full file system of 600 KB: " + string.Join("; ", lines));
    }

    [Theory]
    [InlineData(90_000)]
    [InlineData(150_000)]
    [InlineData(260_000)]
    public async Task Within_a_budget_of_bytes_errors_are_by_name_and_all_goes_on_after_them(long space)
    {
        IngestScript script = await IngestScript.PrepareAsync();
        using var folder = new FastFolder();
        using var disk = new Disk(folder.Path) { Space = space };
        int full = 0;
        await script.RunOnAsync(folder.Path, async (index, step, error) =>
        {
            full++;
            Assert.Contains("The disk is full", error.Message, StringComparison.Ordinal);
            Assert.Equal(step > 0, index is not null && (await index.GetManifestAsync()) is not null);
            disk.Space += 60_000;
        });
        Assert.Equal(script.After(script.Length), await IndexContent.ReadWholeAsync(folder.Path));
        Assert.InRange(full, 1, 100);
        Figures.Say(string.Create(CultureInfo.InvariantCulture, $"disk of {space:N0} bytes: full {full} times"));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_read_or_says_what_to_do()
    {
        using var folder = new WorkFolder();
        await using (SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder.Below("index")))
        {
            await IngestScript.FillAsync(index, "abc", 0);
            Directory.CreateDirectory(folder.Below("open"));
            foreach (string file in (string[])["index.db", "index.db-wal"])
            {
                File.Copy(Path.Combine(folder.Below("index"), file), Path.Combine(folder.Below("open"), file));
            }
        }

        ToolResult result = await Mounts.RunAsync(
            """
            mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 90
            mount --bind "$2" "$2" && mount -o remount,bind,ro "$2" || exit 91
            rag index check --index "$1"; echo "check $?"
            rag index rebuild --index "$1"; echo "rebuild $?"
            rag index check --index "$2"; echo "log $?"
            """, folder.Below("index"), folder.Below("open"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.True(result.Out == "The index is sound.\ncheck 0\nrebuild 1\nlog 1\n", result.ToString());
        Assert.Contains("cannot be written", result.Error, StringComparison.Ordinal);
        Assert.Contains("Open it once for writing, such as by ingesting, or copy the folder.", result.Error, StringComparison.Ordinal);
        Assert.Equal(["index.db", "index.sum", "writer.lock"], Directory.EnumerateFiles(folder.Below("index")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_writer_in_another_process_is_named_and_a_reader_there_sees_commits_alone()
    {
        using var folder = new WorkFolder();
        ChangingDocuments source = new(folder, 60, seed: 9);
        source.WriteFirst();
        string path = folder.Below("index");
        await using (SqliteChunkIndex held = await SqliteChunkIndex.OpenAsync(path))
        {
            string sentence = (await RagTool.RunAsync("ingest", source.Path, "--index", path, "--embedding-model", "none")).Sentence();
            Assert.Contains("open for writing elsewhere, in this process or another", sentence, StringComparison.Ordinal);
            Assert.Contains(path, sentence, StringComparison.Ordinal);
        }

        Task<ToolResult> ingest = RagTool.RunAsync("ingest", source.Path, "--index", path, "--embedding-model", "none", "--json");
        int reads = 0, most = 0;
        while (!ingest.IsCompleted)
        {
            try
            {
                await using SqliteChunkIndex reader = await SqliteChunkIndex.OpenAsync(path, new() { ReadOnly = true });
                int documents = (await reader.GetDocumentStampsAsync()).Count;
                Assert.Empty(await reader.VerifyAsync());
                Assert.True(documents >= most, "A later read saw an earlier commit.");
                most = documents;
                reads++;
            }
            catch (UnavailableException error) when (error.Message.Contains("Ingest documents first", StringComparison.Ordinal) || error.Message.Contains("locked", StringComparison.Ordinal))
            {
                await Task.Delay(1);
            }
        }

        Assert.Equal(60, (await ingest).Json().GetProperty("added").GetInt32());
        Assert.True(reads > 0);
    }
}
