using System.Globalization;
using Rag.Chunks;
using Rag.Index;

namespace Rag.Faults.Tests.Support;

/// <summary>What an index with changed bytes does: the right results, an error by name, or a wrong result without a word.</summary>
internal static class DamagedIndex
{
    public enum Outcome
    {
        /// <summary>Opening or searching threw one of the errors for damaged or foreign content.</summary>
        Refused,

        /// <summary>Searches gave the right results; the check found a fault.</summary>
        FoundByCheck,

        /// <summary>Searches and the check were as if nothing had happened.</summary>
        Harmless,

        /// <summary>Results differ and nothing said so, but the check does.</summary>
        Silent,

        /// <summary>Results differ and not even the check knows.</summary>
        Unnoticed,
    }

    /// <summary>Small as the index is, its vectors have a graph and a cache file.</summary>
    public static ChunkIndexOptions Options(bool readOnly) => new() { ReadOnly = readOnly, Vectors = new() { ExactBelow = 1, Threads = 1 } };

    /// <summary>Opens the index in a folder, searches, checks.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="expected">What <see cref="SearchAsync"/> may give: that of the last commit or, where the log is cut short, of an earlier one.</param>
    /// <param name="readOnly">Opened how.</param>
    public static async Task<Outcome> TryAsync(string folder, IReadOnlySet<string> expected, bool readOnly)
    {
        try
        {
            await using SqliteChunkIndex index = await SqliteChunkIndex.OpenAsync(folder, Options(readOnly));
            bool right = expected.Contains(await SearchAsync(index));
            bool found = (await index.VerifyAsync()).Count > 0;
            return (right, found) switch
            {
                (true, true) => Outcome.FoundByCheck,
                (true, false) => Outcome.Harmless,
                (false, true) => Outcome.Silent,
                (false, false) => Outcome.Unnoticed,
            };
        }
        catch (Exception error) when (error is CorruptException or IncompatibleException or UnavailableException)
        {
            return Outcome.Refused;
        }
    }

    /// <summary>Result lists with the texts that they show.</summary>
    public static async Task<string> SearchAsync(SqliteChunkIndex index)
    {
        var text = new System.Text.StringBuilder();
        float[] direction = [.. Enumerable.Range(0, 8).Select(i => i - 3.3f)];
        foreach (ChunkScores found in (ChunkScores[])[await index.SearchTextAsync("lantern copper", 1000), await index.SearchTextAsync("the quiet river, pigeon", 1000), await index.SearchVectorAsync(direction, 1000)])
        {
            IReadOnlyList<Chunk> chunks = await index.GetChunksAsync(found.Ids);
            text.AppendJoin(' ', found.Ids.Zip(found.Scores, (id, score) => string.Create(CultureInfo.InvariantCulture, $"{id}={score:R}"))).AppendLine();
            text.AppendJoin('|', chunks.Select(chunk => $"{chunk.Id} {chunk.DocumentId} {chunk.Range} {chunk.Page} {chunk.Heading} {chunk.Text}")).AppendLine();
        }

        return text.ToString();
    }
}
