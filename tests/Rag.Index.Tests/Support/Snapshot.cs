using System.Text;

namespace Rag.Index.Tests.Support;

/// <summary>All that an index shows, as one text.</summary>
internal static class Snapshot
{
    public static async Task<string> OfAsync(SqliteChunkIndex index)
    {
        StringBuilder text = new();
        text.Append(await index.GetManifestAsync()).AppendLine();
        foreach ((string id, DocumentStamp stamp) in (await index.GetDocumentStampsAsync()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.Append(id).Append(' ').Append(stamp.ContentHash).Append(' ').Append(stamp.Fingerprint).AppendLine();
            text.AppendLine((await index.GetDocumentAsync(id))!.Text);
            text.AppendJoin(',', (await index.GetDocumentChunksAsync(id)).Select(chunk => $"{chunk.Id} {chunk.Range} {chunk.Text}")).AppendLine();
        }

        foreach (ChunkScores scores in new[]
        {
            await index.SearchTextAsync("w0x w1x w2x w5x w9x", int.MaxValue),
            (await index.GetManifestAsync())?.Embedding is null ? new([], [], 0) : await index.SearchVectorAsync(Make.Vector(new(1)), int.MaxValue),
        })
        {
            text.AppendJoin(',', scores.Ids.Zip(scores.Scores)).Append(scores.StandardDeviation).AppendLine();
        }

        return text.ToString();
    }
}
