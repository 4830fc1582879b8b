using System.Globalization;
using System.Text;
using Rag.Chunks;
using Rag.Documents;
using Rag.Faults.Tests.Support.Vfs;
using Rag.Index;

namespace Rag.Faults.Tests.Support;

/// <summary>
/// A short life of an index: documents added, changed and removed, closed and opened again, with vectors. Every step is one
/// commit at most, and the content after each step is known from an index built afresh from the same documents.
/// </summary>
internal sealed class IngestScript
{
    private const int Dimensions = 8;
    private const string Reopen = "reopen", Manifest = "manifest";

    // "+a1" stores document a in version 1; "-b" removes b.
    private static readonly string[] Steps = [Manifest, "+a0", "+b0", "+c0", Reopen, "+a1", "-b", "+d0", "+c1", Reopen, "-d", "+e0"];
    private static readonly string[] Words = "lantern harbour copper winter observatory room quiet river loud bell mirror pigeon salt ladder".Split(' ');

    private readonly List<string> _contents;

    private IngestScript(List<string> contents) => _contents = contents;

    public int Length => Steps.Length;

    /// <summary>What the index holds after so many steps.</summary>
    public string After(int steps) => _contents[steps];

    public static async Task<IngestScript> PrepareAsync()
    {
        List<string> contents = [IndexContent.Empty];
        for (int steps = 1; steps <= Steps.Length; steps++)
        {
            using var folder = new FastFolder();
            await using (SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder.Path))
            {
                await index.SetManifestAsync(Identity, replace: false);
                foreach ((char name, int version) in Documents(steps))
                {
                    await index.UpsertAsync(Make(name, version));
                }
            }

            contents.Add(await IndexContent.ReadWholeAsync(folder.Path));
        }

        return new(contents);
    }

    /// <summary>Runs the script from a step on; opens and closes the index itself.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="from">The first step to run.</param>
    /// <param name="past">The first step not to run.</param>
    /// <returns>How many steps are acknowledged, from the first of all, and what stopped the next one.</returns>
    public static async Task<(int Done, Exception? Error)> RunAsync(string folder, int from = 0, int past = int.MaxValue)
    {
        int done = from;
        SqliteChunkIndex? index = null;
        try
        {
            index = await SqliteChunkIndex.OpenAsync(folder, DiskFolder.Options());
            for (; done < Math.Min(past, Steps.Length); done++)
            {
                index = await StepAsync(index, folder, done);
            }

            return (done, null);
        }
        catch (RagException error)
        {
            return (done, error);
        }
        finally
        {
            if (index is not null)
            {
                await index.DisposeAsync();
            }
        }
    }

    /// <summary>
    /// Runs the script on one index that stays open through a fault; whenever a step fails, <paramref name="mend"/> is called
    /// and the step is tried again.
    /// </summary>
    public async Task RunOnAsync(string folder, Func<SqliteChunkIndex?, int, RagException, Task> mend)
    {
        SqliteChunkIndex? index = null;
        for (int step = 0; step < Steps.Length;)
        {
            try
            {
                index ??= await SqliteChunkIndex.OpenAsync(folder, DiskFolder.Options());
                if (Steps[step] == Reopen)
                {
                    await index.DisposeAsync();
                    index = null;
                }
                else
                {
                    await StepAsync(index, folder, step);
                }

                step++;
            }
            catch (RagException error)
            {
                await mend(index, step, error);
            }
        }

        await index!.DisposeAsync();
    }

    /// <summary>Stores documents of these names, one character each.</summary>
    public static async Task FillAsync(SqliteChunkIndex index, string names, int version, int passages = 3)
    {
        await index.SetManifestAsync(Identity, replace: false);
        foreach (char name in names)
        {
            await index.UpsertAsync(Make(name, version, passages));
        }
    }

    private static async Task<SqliteChunkIndex> StepAsync(SqliteChunkIndex index, string folder, int step)
    {
        switch (Steps[step])
        {
            case Manifest:
                await index.SetManifestAsync(Identity, replace: false);
                return index;
            case Reopen:
                await index.DisposeAsync();
                return await SqliteChunkIndex.OpenAsync(folder, DiskFolder.Options());
            case ['-', var name]:
                await index.DeleteAsync(name.ToString());
                return index;
            case ['+', var name, var version]:
                await index.UpsertAsync(Make(name, version - '0'));
                return index;
            default:
                throw new InvalidOperationException(Steps[step]);
        }
    }

    private static IndexManifest Identity { get; } = new(new("test/model", "00ff", "mean", Dimensions, 256), "chunker-1", "standard-1");

    private static SortedDictionary<char, int> Documents(int steps)
    {
        SortedDictionary<char, int> documents = [];
        foreach (string step in Steps[..steps])
        {
            switch (step)
            {
                case ['-', var name]:
                    documents.Remove(name);
                    break;
                case ['+', var name, var version]:
                    documents[name] = version - '0';
                    break;
            }
        }

        return documents;
    }

    /// <summary>A document with its chunks and vectors, the same for the same name and version.</summary>
    public static IndexedDocument Make(char name, int version, int passages = 3)
    {
        var random = new Random((name * 31) + version);
        var text = new StringBuilder();
        List<Chunk> chunks = [];
        List<ReadOnlyMemory<float>> vectors = [];
        string id = name.ToString();
        for (int i = 0; i < passages; i++)
        {
            int start = text.Length;
            text.AppendJoin(' ', Enumerable.Range(0, random.Next(5, 25)).Select(_ => Words[random.Next(Words.Length)]));
            chunks.Add(new()
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{name}{version}#{i}"),
                DocumentId = id,
                Ordinal = i,
                Range = new(start, text.Length),
                Text = text.ToString(start, text.Length - start),
                HeadingPath = [$"Room {name}"],
            });
            vectors.Add(Enumerable.Range(0, Dimensions).Select(_ => random.NextSingle() - .5f).ToArray());
            text.Append('\n');
        }

        Document document = new() { Id = id, Text = text.ToString(), ContentHash = $"hash-{name}{version}", Title = $"Room {name}" };
        return new(document, $"reader-{version}", chunks, vectors);
    }
}
