using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Rag.Models.Hub;

/// <summary>The files of one commit of a repository, as <c>GET /api/models/{repository}/revision/{revision}?blobs=true</c> lists them.</summary>
/// <param name="Commit">The commit's hash, or a name derived from the files where the hub does not say.</param>
/// <param name="HasCommit">Whether the hub said.</param>
/// <param name="Files">In the hub's order.</param>
internal sealed record HubListing(string Commit, bool HasCommit, IReadOnlyList<HubFile> Files)
{
    private const int MaxFiles = 100_000;

    /// <summary>Reads a response.</summary>
    /// <exception cref="CorruptException">It is not such a list, or names a file that would lead out of the folder.</exception>
    public static HubListing Parse(ReadOnlyMemory<byte> json, string location)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            return Read(document.RootElement, location);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new CorruptException($"The hub's answer at {location} is not a list of files: {exception.Message}", location, innerException: exception);
        }
    }

    private static HubListing Read(JsonElement root, string location)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("siblings", out JsonElement siblings) || siblings.ValueKind != JsonValueKind.Array)
        {
            throw new CorruptException($"The hub's answer at {location} has no list 'siblings'; is the address a Hugging Face hub?", location);
        }

        if (siblings.GetArrayLength() > MaxFiles)
        {
            throw new LimitExceededException(nameof(MaxFiles), MaxFiles, siblings.GetArrayLength(), location);
        }

        List<HubFile> files = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (JsonElement item in siblings.EnumerateArray())
        {
            HubFile file = ReadFile(item);
            if (HubPath.IsTraversal(file.Path) || file.Size < 0)
            {
                throw new CorruptException($"The hub's answer at {location} names a file '{HubPath.Shown(file.Path)}' that no model can have; nothing was written.", location);
            }

            if (!names.Add(file.Path))
            {
                throw new CorruptException($"The hub's answer at {location} names '{HubPath.Shown(file.Path)}' twice.", location);
            }

            files.Add(file);
        }

        string? commit = Hex(Text(root, "sha"), 40);
        return new HubListing(commit ?? Derived(files), commit is not null, files);
    }

    private static HubFile ReadFile(JsonElement item)
    {
        long? size = Number(item, "size");
        string? sha256 = null;
        if (item.TryGetProperty("lfs", out JsonElement lfs) && lfs.ValueKind == JsonValueKind.Object)
        {
            sha256 = Hex(Text(lfs, "sha256") ?? Text(lfs, "oid"), 64);
            size = Number(lfs, "size") ?? size;
        }

        // For a file in large file storage the blob id is that of the pointer, not of the content.
        string? blob = sha256 is null ? Hex(Text(item, "blobId"), 40) : null;
        return new HubFile(Text(item, "rfilename") ?? throw new FormatException("a file has no name"), size, sha256, blob);
    }

    private static string Derived(List<HubFile> files)
    {
        string content = string.Join('\n', files.Select(file => $"{file.Path}\t{file.Size}\t{file.Sha256 ?? file.GitSha1}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))[..40];
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;

    /// <summary>The text in lower case where it is a hash of that length.</summary>
    internal static string? Hex(string? text, int length) =>
        text is not null && text.Length == length && text.All(char.IsAsciiHexDigit) ? text.ToLowerInvariant() : null;
}
