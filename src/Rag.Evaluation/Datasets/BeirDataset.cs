using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Rag.Evaluation.Datasets;

/// <summary>
/// Reads collections in BEIR's layout (Thakur et al. 2021): corpus and queries as JSON lines with _id, title, text; judgements as
/// tab-separated query-id, corpus-id, score under a header. Files may be gzipped. Streams; holds one line at a time.
/// </summary>
public static class BeirDataset
{
    /// <summary>The documents of a corpus file, in its order.</summary>
    /// <exception cref="CorruptException">A line is not what the layout demands; names file and line.</exception>
    /// <exception cref="LimitExceededException">A limit of <paramref name="options"/> was passed.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static async IAsyncEnumerable<RetrievalDocument> ReadCorpusAsync(
        string path, DatasetOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach ((int number, string line) in DatasetFile.ReadLinesAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            using JsonDocument json = Parse(path, number, line);
            yield return new(Text(json, "_id", path, number), Text(json, "title", path, number, ""), Text(json, "text", path, number));
        }
    }

    /// <summary>The queries of a query file, in its order.</summary>
    /// <inheritdoc cref="ReadCorpusAsync"/>
    public static async IAsyncEnumerable<RetrievalQuery> ReadQueriesAsync(
        string path, DatasetOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach ((int number, string line) in DatasetFile.ReadLinesAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            using JsonDocument json = Parse(path, number, line);
            yield return new(Text(json, "_id", path, number), Text(json, "text", path, number));
        }
    }

    /// <summary>The judgements of a qrels file.</summary>
    /// <inheritdoc cref="ReadCorpusAsync"/>
    public static async Task<Judgements> ReadJudgementsAsync(
        string path, DatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        JudgementsBuilder builder = new();
        await foreach ((int number, string line) in DatasetFile.ReadLinesAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            string[] fields = line.TrimEnd('\r').Split('\t');
            if (fields.Length == 3 && int.TryParse(fields[2], NumberStyles.Integer, CultureInfo.InvariantCulture, out int grade))
            {
                builder.Add(fields[0], fields[1], grade);
            }
            else if (number > 1)
            {
                throw DatasetFile.Damaged(path, number, "expected query id, document id and grade with tabs between");
            }
        }

        return builder.Build();
    }

    internal static JsonDocument Parse(string path, int number, string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException error)
        {
            throw DatasetFile.Damaged(path, number, "not a JSON object", error);
        }
    }

    internal static string Text(JsonDocument json, string name, string path, int number, string? missing = null)
    {
        if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty(name, out JsonElement value))
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw DatasetFile.Damaged(path, number, $"\"{name}\" is not a string");
        }

        return missing ?? throw DatasetFile.Damaged(path, number, $"\"{name}\" is missing");
    }
}
