using System.Globalization;
using Rag.Faults.Tests.Support;
using Rag.Faults.Tests.Support.Vfs;
using Rag.Index;

namespace Rag.Faults.Tests;

/// <summary>
/// The N-th operation on the disk fails, for N = 1, 2, 3 and so on until the whole script runs without meeting the fault. The
/// index stays readable, says in a sentence what failed, and goes on when the disk does.
/// </summary>
public sealed class FailingDiskTests
{
    private static readonly (DiskOperation Operation, string Word)[] Words =
    [
        (DiskOperation.Read, "while reading"), (DiskOperation.Write, "while writing"), (DiskOperation.Sync, "while flushing"), (DiskOperation.Truncate, "while cutting"),
        (DiskOperation.Delete, "while deleting"), (DiskOperation.Create, "cannot be opened"), (DiskOperation.ExtendShared, "while sharing memory"),
    ];

    [Theory]
    [InlineData(DiskFaultKind.Error, false, DiskOperation.Changes)]
    [InlineData(DiskFaultKind.Error, true, DiskOperation.Changes)]
    [InlineData(DiskFaultKind.Full, false, DiskOperation.Changes)]
    [InlineData(DiskFaultKind.Full, true, DiskOperation.Changes)]
    [InlineData(DiskFaultKind.Error, false, DiskOperation.Read)]
    internal async Task Every_operation_may_fail(DiskFaultKind kind, bool forever, DiskOperation operations)
    {
        IngestScript script = await IngestScript.PrepareAsync();
        int faults = 0, errors = 0;
        for (int at = 1; ; at++)
        {
            using var folder = new FastFolder();
            using var disk = new Disk(folder.Path, seed: at);
            disk.Plan(new(at, kind, forever, operations));
            string when = string.Create(CultureInfo.InvariantCulture, $"{kind} at {at}");
            await script.RunOnAsync(folder.Path, async (index, step, error) =>
            {
                errors++;
                Assert.True(errors <= disk.Refused + faults, when);
                CheckError(error, folder.Path, disk);
                if (index is not null)
                {
                    await CheckReadableAsync(index);
                }

                disk.Plan(null);
                if (index is null)
                {
                    // What was begun is put right by a writer alone.
                    await (await SqliteChunkIndex.OpenAsync(folder.Path)).DisposeAsync();
                }

                string content = await IndexContent.ReadWholeAsync(folder.Path);
                Assert.True(content == script.After(step), $"{when}: {IndexContent.FirstDifference(script.After(step), content)}");
            });
            faults += disk.Refused;
            disk.Plan(null);
            await (await SqliteChunkIndex.OpenAsync(folder.Path)).DisposeAsync();
            Assert.Equal(["index.db", "index.sum", "writer.lock"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            string last = await IndexContent.ReadWholeAsync(folder.Path);
            Assert.True(last == script.After(script.Length), $"{when}: {IndexContent.FirstDifference(script.After(script.Length), last)}");
            if (!disk.IsReached)
            {
                Figures.Say($"{kind}{(forever ? " from then on" : " once")} ({operations}): {at - 1} places, {faults} operations refused, {errors} errors reported");
                Assert.InRange(at, 40, int.MaxValue);
                return;
            }
        }
    }

    private static void CheckError(RagException error, string folder, Disk disk)
    {
        Assert.IsType<UnavailableException>(error);
        Assert.Equal(Path.Combine(folder, "index.db"), error.Location);
        Assert.Contains(error.Location!, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        Assert.True(
            error.Message.Contains("disk is full", StringComparison.Ordinal) || Words.Any(pair => disk.RefusedOperations.HasFlag(pair.Operation) && error.Message.Contains(pair.Word, StringComparison.Ordinal)),
            $"{disk.RefusedOperations}: {error.Message}");
    }

    private static async Task CheckReadableAsync(SqliteChunkIndex index)
    {
        IReadOnlyDictionary<string, DocumentStamp> stamps = await index.GetDocumentStampsAsync();
        ChunkScores found = await index.SearchTextAsync("lantern harbour copper winter", 100);
        Assert.Equal(stamps.Count == 0, found.Ids.Count == 0);
    }
}
