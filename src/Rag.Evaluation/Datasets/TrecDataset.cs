using System.Globalization;
using System.Runtime.CompilerServices;
using System.Xml;

namespace Rag.Evaluation.Datasets;

/// <summary>
/// Reads collections in TREC's forms: documents as a series of doc elements with docno, title and text, topics with num and title,
/// judgements as "query 0 document grade", runs as "query Q0 document rank score name". Files may be gzipped. Streams; a document
/// type declaration is refused.
/// </summary>
public static class TrecDataset
{
    /// <summary>The documents, in the file's order.</summary>
    /// <exception cref="CorruptException">The file is not what the form demands.</exception>
    /// <exception cref="LimitExceededException">A limit of <paramref name="options"/> was passed.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static async IAsyncEnumerable<RetrievalDocument> ReadCorpusAsync(
        string path, DatasetOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (Dictionary<string, string> fields in ReadElementsAsync(path, "doc", options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            string id = fields.GetValueOrDefault("docno", "").Trim();
            if (id.Length == 0)
            {
                throw new CorruptException($"{path} holds a document without a docno.", path);
            }

            yield return new(id, fields.GetValueOrDefault("title", "").Trim(), fields.GetValueOrDefault("text", "").Trim());
        }
    }

    /// <summary>The topics, in the file's order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="numberByOrdinal">Whether a topic's id is its place from 1 instead of its num, as Cranfield's judgements have it.</param>
    /// <param name="options">Limits.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <inheritdoc cref="ReadCorpusAsync"/>
    public static async IAsyncEnumerable<RetrievalQuery> ReadQueriesAsync(
        string path, bool numberByOrdinal = false, DatasetOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        int ordinal = 0;
        await foreach (Dictionary<string, string> fields in ReadElementsAsync(path, "top", options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            ordinal++;
            string id = numberByOrdinal ? ordinal.ToString(CultureInfo.InvariantCulture) : fields.GetValueOrDefault("num", "").Trim();
            yield return new(id, fields.GetValueOrDefault("title", "").Trim());
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
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 4 || !int.TryParse(fields[3], NumberStyles.Integer, CultureInfo.InvariantCulture, out int grade))
            {
                throw DatasetFile.Damaged(path, number, "expected query id, 0, document id and grade");
            }

            builder.Add(fields[0], fields[2], grade);
        }

        return builder.Build();
    }

    /// <summary>The scored documents of each query of a run file, in the file's order.</summary>
    /// <inheritdoc cref="ReadCorpusAsync"/>
    public static async Task<IReadOnlyDictionary<string, IReadOnlyList<KeyValuePair<string, double>>>> ReadRunAsync(
        string path, DatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        Dictionary<string, IReadOnlyList<KeyValuePair<string, double>>> run = new(StringComparer.Ordinal);
        await foreach ((int number, string line) in DatasetFile.ReadLinesAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            string[] fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length != 6 || !double.TryParse(fields[4], NumberStyles.Float, CultureInfo.InvariantCulture, out double score))
            {
                throw DatasetFile.Damaged(path, number, "expected query id, Q0, document id, rank, score and name");
            }

            if (!run.TryGetValue(fields[0], out IReadOnlyList<KeyValuePair<string, double>>? found))
            {
                run.Add(fields[0], found = new List<KeyValuePair<string, double>>());
            }

            ((List<KeyValuePair<string, double>>)found).Add(new(fields[2], score));
        }

        return run;
    }

    private static async IAsyncEnumerable<Dictionary<string, string>> ReadElementsAsync(
        string path, string element, DatasetOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Stream stream = DatasetFile.Open(path, options);
        using XmlReader reader = XmlReader.Create(stream, new XmlReaderSettings
        {
            Async = true,
            ConformanceLevel = ConformanceLevel.Fragment,
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = options.MaxBytes,
        });
        while (await AdvanceAsync(reader, path, cancellationToken).ConfigureAwait(false))
        {
            if (reader.NodeType != XmlNodeType.Element || reader.Name != element)
            {
                continue;
            }

            Dictionary<string, string> fields = new(StringComparer.Ordinal);
            int depth = reader.Depth;
            string? name = null;
            while (await AdvanceAsync(reader, path, cancellationToken).ConfigureAwait(false) && reader.Depth > depth)
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    name = reader.Depth == depth + 1 ? reader.Name : name;
                }
                else if (name is not null && reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                {
                    string value = fields.GetValueOrDefault(name, "") + reader.Value;
                    fields[name] = value.Length <= options.MaxLineLength
                        ? value
                        : throw new LimitExceededException(nameof(DatasetOptions.MaxLineLength), options.MaxLineLength, value.Length, path);
                }
            }

            yield return fields;
        }
    }

    private static async Task<bool> AdvanceAsync(XmlReader reader, string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return await reader.ReadAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is XmlException or InvalidDataException or IOException)
        {
            throw new CorruptException($"{path} is not sound: {error.Message}", path, innerException: error);
        }
    }
}
