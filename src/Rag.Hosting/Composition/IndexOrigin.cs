using System.Text;
using System.Text.Json;

namespace Rag.Hosting.Composition;

/// <summary>
/// Remembers beside the index how its encoder was named, so that the next run finds it again. Only a hint: what the vectors
/// were made with is in the index's own manifest and is compared with the encoder that is opened.
/// </summary>
internal sealed class IndexOrigin(string indexFolder)
{
    private const int MaxBytes = 16 << 10;
    private readonly string _path = Path.Combine(indexFolder, "origin.json");

    /// <summary>How the encoder was named; null where that is not known.</summary>
    public async Task<string?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists || file.Length > MaxBytes)
            {
                return null;
            }

            using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(_path, cancellationToken).ConfigureAwait(false));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("embeddingModel", out JsonElement name)
                && name.ValueKind == JsonValueKind.String
                && IsLocal(name.GetString()!)
                    ? name.GetString()
                    : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Writes it down, at once or not at all.</summary>
    /// <exception cref="UnavailableException">The folder cannot be written.</exception>
    public async Task WriteAsync(string? reference, CancellationToken cancellationToken)
    {
        try
        {
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string?> { ["embeddingModel"] = reference });
            string temporary = _path + ".tmp";
            await File.WriteAllBytesAsync(temporary, json, cancellationToken).ConfigureAwait(false);
            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The index folder {indexFolder} cannot be written: {exception.Message}", indexFolder, exception);
        }
    }

    // A folder of documents may come from anybody, its index with it: it must not make this machine call a server by a path.
    private static bool IsLocal(string reference) =>
        !reference.StartsWith(@"\\", StringComparison.Ordinal) && !reference.StartsWith("//", StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(reference) < 4_096;
}
