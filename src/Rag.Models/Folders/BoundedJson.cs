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
            JsonDocument document = Parse(bytes);
            CheckTexts(document.RootElement, bytes);
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
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

    // Escapes can spell half a surrogate pair, which JsonDocument finds only when a text is read: it is found here, once.
    private static void CheckTexts(JsonElement root, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IndexOf("\\ud"u8) >= 0 || bytes.IndexOf("\\uD"u8) >= 0)
        {
            CheckTexts(root);
        }
    }

    /// <summary>Decodes every text and name, which is otherwise done when they are asked for.</summary>
    /// <exception cref="InvalidOperationException">One spells half a surrogate pair.</exception>
    public static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty property in element.EnumerateObject())
                {
                    _ = property.Name;
                    CheckTexts(property.Value);
                }

                break;
        }
    }

    /// <summary>The bytes of a file that is not empty.</summary>
    public static byte[] ReadBytes(string path, int maxBytes)
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
