using System.Text.Json;
using System.Text.RegularExpressions;
using Rag.Documents;
using Rag.Index;

namespace Rag.Hosting.Access;

/// <summary>
/// Who may read which documents, as a file of JSON says it: an object whose names are patterns of paths and whose values are lists of
/// users and groups. The first pattern that fits a document decides; one that none fits names nobody.
/// </summary>
internal sealed class AccessFile
{
    /// <summary>Longest file, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Most patterns of a file.</summary>
    public const int MaxPatterns = 1_000;

    private readonly List<(Regex Pattern, DocumentAttributes Attributes)> _rules = [];

    private AccessFile()
    {
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="UnavailableException">It cannot be read.</exception>
    /// <exception cref="LimitExceededException">It is too long, or has too many patterns.</exception>
    /// <exception cref="CorruptException">It is not such a file; says why.</exception>
    public static async Task<(AccessFile Access, byte[] Content)> LoadAsync(string path, CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            await using (file.ConfigureAwait(false))
            {
                byte[] buffer = new byte[MaxBytes + 1];
                int length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                content = length <= MaxBytes ? buffer[..length] : throw new LimitExceededException("AccessFile.MaxBytes", MaxBytes, Math.Max(length, file.Length), path);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The access file '{path}' cannot be read: {error.Message}", path, error);
        }

        return (Parse(content, path), content);
    }

    /// <summary>Reads the content of such a file.</summary>
    /// <inheritdoc cref="LoadAsync" path="/exception"/>
    public static AccessFile Parse(ReadOnlyMemory<byte> json, string path)
    {
        try
        {
            JsonDocumentOptions form = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 4, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(json, form);
            AccessFile access = new();
            foreach (JsonProperty rule in Require(document.RootElement, JsonValueKind.Object, "an object of patterns").EnumerateObject())
            {
                string[] names = [.. Require(rule.Value, JsonValueKind.Array, $"a list of names for '{rule.Name}'").EnumerateArray().Select(name => Require(name, JsonValueKind.String, $"names in quotes for '{rule.Name}'").GetString()!)];
                AccessRules.Check(names);
                access._rules.Add((DocumentPattern.Create(rule.Name), new() { Access = names }));
                if (access._rules.Count > MaxPatterns)
                {
                    throw new LimitExceededException("AccessFile.MaxPatterns", MaxPatterns, access._rules.Count, path);
                }
            }

            return access;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new CorruptException($"The access file '{path}' cannot be used: {error.Message} It looks like {{ \"board/**\": [\"board\"], \"**\": [\"*\"] }}.", path, innerException: error);
        }
    }

    /// <summary>What a document's source says of it.</summary>
    public DocumentAttributes For(string documentId)
    {
        foreach ((Regex pattern, DocumentAttributes attributes) in _rules)
        {
            if (pattern.IsMatch(documentId))
            {
                return attributes;
            }
        }

        return DocumentAttributes.None;
    }

    private static JsonElement Require(JsonElement element, JsonValueKind kind, string what) =>
        element.ValueKind == kind ? element : throw new JsonException($"There must be {what}.");
}
