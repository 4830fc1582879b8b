using System.Text;
using System.Text.Json;

namespace Rag.Models;

/// <summary>Reads the small JSON files of a model folder, bounded in size and depth.</summary>
internal static class BoundedJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static JsonDocument Read(string path, int maxBytes)
    {
        byte[] bytes = ReadBytes(path, maxBytes);
        try
        {
            return Parse(bytes);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw new CorruptException($"{path} is not valid JSON: {e.Message}", path, innerException: e);
        }
    }

    private static JsonDocument Parse(byte[] bytes)
    {
        ReadOnlyMemory<byte> text = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
        try
        {
            return JsonDocument.Parse(text, Options);
        }
        catch (JsonException)
        {
            // Python writes the bare words NaN and Infinity, which JSON does not have.
            return JsonDocument.Parse(PythonJson.QuoteNonFinite(text.Span), Options);
        }
    }

    private static byte[] ReadBytes(string path, int maxBytes)
    {
        try
        {
            // A pipe or a device says 0 here and is never opened.
            long length = new FileInfo(path).Length;
            if (length > maxBytes)
            {
                throw new LimitExceededException("MaxJsonBytes", maxBytes, length, path);
            }

            return length == 0 ? throw new CorruptException($"{path} is empty.", path) : File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{path} cannot be read: {e.Message}", path, e);
        }
    }
}
