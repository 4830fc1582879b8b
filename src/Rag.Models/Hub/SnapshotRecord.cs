using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Models.Hub;

/// <summary>What a finished download consists of: written last, so that its presence means the model is whole.</summary>
/// <param name="Repository">"org/name".</param>
/// <param name="Commit">The commit.</param>
/// <param name="Files">Every file with its size and its hash.</param>
internal sealed record SnapshotRecord(string Repository, string Commit, IReadOnlyList<SnapshotRecord.Entry> Files)
{
    /// <param name="Path">Relative, with '/'.</param>
    /// <param name="Size">Bytes.</param>
    /// <param name="Sha256">SHA-256 of the content, where the hub named it.</param>
    /// <param name="GitSha1">Git's name of the content, where the hub named that.</param>
    internal sealed record Entry(string Path, long Size, string? Sha256 = null, string? GitSha1 = null);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SnapshotJson.Default.SnapshotRecord);

    /// <summary>Reads a record; null where it is damaged.</summary>
    public static SnapshotRecord? Read(byte[] json)
    {
        try
        {
            SnapshotRecord? record = JsonSerializer.Deserialize(json, SnapshotJson.Default.SnapshotRecord);
            return record is { Files.Count: > 0, Repository: not null, Commit: not null } && record.Files.All(file => file?.Path is not null && HubPath.IsSafe(file.Path)) ? record : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(SnapshotRecord))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
