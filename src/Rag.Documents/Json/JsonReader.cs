using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using JsonReaderOptionsOfBcl = System.Text.Json.JsonReaderOptions;

namespace Rag.Documents;

/// <summary>
/// Reads JSON (<c>.json</c>, <c>.geojson</c>) and JSON lines (<c>.jsonl</c>, <c>.ndjson</c>) as records: each is a
/// <see cref="ElementKind.TableRow"/> such as "orders[2]: customer.name: Kim; total: 12.5", long ones a paragraph for every value.
/// Comments and trailing commas are allowed. The title is a string named "title" at the top.
/// </summary>
public sealed class JsonReader : IDocumentReader
{
    private readonly JsonReaderOptions _options;

    /// <summary>Creates the reader.</summary>
    /// <param name="options">Limits; the defaults where null.</param>
    public JsonReader(JsonReaderOptions? options = null)
    {
        _options = options ?? new JsonReaderOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    public string Format => "JSON";

    /// <inheritdoc/>
    public string Fingerprint => "json/1";

    /// <inheritdoc/>
    public bool CanRead(SourceItem item, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(item);
        return Extension(item) is ".json" or ".geojson" or ".jsonl" or ".ndjson" && FileSignatures.FromBytes(head) is null;
    }

    /// <inheritdoc/>
    public ValueTask<Document> ReadAsync(SourceItem item, ReadOnlyMemory<byte> content, string contentHash, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        cancellationToken.ThrowIfCancellationRequested();
        ReadOnlyMemory<byte> utf8 = AsUtf8(content, item.Id);
        var builder = new DocumentBuilder(_options, item.Id);
        var flattener = new JsonFlattener(builder, _options, item.Id, cancellationToken);
        string? title = Extension(item) is ".jsonl" or ".ndjson" ? null : ReadValue(utf8, 0, flattener, item.Id);
        if (Extension(item) is ".jsonl" or ".ndjson")
        {
            ReadLines(utf8, flattener, item.Id);
        }

        return ValueTask.FromResult(builder.Build(item, contentHash, title));
    }

    private static string Extension(SourceItem item) => Path.GetExtension(item.Id).ToLowerInvariant();

    private static ReadOnlyMemory<byte> AsUtf8(ReadOnlyMemory<byte> content, string location)
    {
        ReadOnlyMemory<byte> bare = content.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? content[3..] : content;
        return Utf8.IsValid(bare.Span) && !bare.Span.Contains((byte)0) ? bare : Encoding.UTF8.GetBytes(TextDecoder.Decode(content.Span, location).Text);
    }

    private void ReadLines(ReadOnlyMemory<byte> utf8, JsonFlattener flattener, string location)
    {
        int line = 1;
        for (int start = 0; start < utf8.Length; line++)
        {
            int length = utf8.Span[start..].IndexOf((byte)'\n');
            length = length < 0 ? utf8.Length - start : length;
            ReadValue(utf8.Slice(start, length), line, flattener, location);
            start += length + 1;
        }
    }

    /// <summary>A parsed value takes several times its bytes, so values are counted before any is held.</summary>
    private void CountValues(ReadOnlySpan<byte> utf8, string location)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptionsOfBcl { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = _options.MaxDepth });
        for (long count = 0; reader.Read(); count++)
        {
            if (count >= _options.MaxValues)
            {
                throw new LimitExceededException(nameof(JsonReaderOptions.MaxValues), _options.MaxValues, count + 1, location);
            }
        }
    }

    private string? ReadValue(ReadOnlyMemory<byte> utf8, int line, JsonFlattener flattener, string location)
    {
        if (utf8.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            return null;
        }

        try
        {
            CountValues(utf8.Span, location);
            using JsonDocument json = JsonDocument.Parse(utf8, new JsonDocumentOptions
            {
                AllowTrailingCommas = true,
                CommentHandling = JsonCommentHandling.Skip,
                MaxDepth = _options.MaxDepth,
            });
            flattener.Write(json.RootElement, "");
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("title", out JsonElement title)
                && title.ValueKind == JsonValueKind.String ? title.GetString() : null;
        }
        catch (JsonException e) when (e.Message.Contains("maximum configured depth", StringComparison.Ordinal))
        {
            throw new LimitExceededException(nameof(JsonReaderOptions.MaxDepth), _options.MaxDepth, _options.MaxDepth + 1L, location, e);
        }
        catch (JsonException e)
        {
            long at = line > 0 ? line : (e.LineNumber ?? 0) + 1;
            throw new CorruptException($"{location} is not sound JSON at line {at}: {e.Message}", location, e.BytePositionInLine, e);
        }
        catch (InvalidOperationException e)
        {
            // A title with half a surrogate pair.
            throw new CorruptException($"{location} holds a string that is not text: {e.Message}", location, innerException: e);
        }
    }
}
