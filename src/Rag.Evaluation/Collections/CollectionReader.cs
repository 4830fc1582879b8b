using Rag.Evaluation.Datasets;

namespace Rag.Evaluation.Collections;

/// <summary>Reads a retrieval collection from wherever it lies: the layout is recognised by what is there.</summary>
public static class CollectionReader
{
    /// <summary>
    /// Reads a folder in BEIR's layout (corpus.jsonl, queries.jsonl, qrels/test.tsv), a folder of TREC files (cran.all.*.xml,
    /// cran.qry.xml, *qrel*.txt), or a question set in SQuAD's JSON form, of which each paragraph becomes a document that
    /// answers its own questions. Files may be gzipped.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="UnsupportedException">Nothing there is of a known layout.</exception>
    /// <exception cref="CorruptException">A file breaks its layout.</exception>
    public static async Task<RetrievalCollection> ReadAsync(string path, DatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            return await ReadQuestionsAsync(path, options, cancellationToken).ConfigureAwait(false);
        }

        if (FirstOf(path, "corpus.jsonl", "corpus.jsonl.gz") is { } corpus)
        {
            return await ReadBeirAsync(path, corpus, options, cancellationToken).ConfigureAwait(false);
        }

        if (FirstOf(path, "cran.qry.xml", "cran.qry.xml.gz") is { } queries)
        {
            return await ReadTrecAsync(path, queries, options, cancellationToken).ConfigureAwait(false);
        }

        return FirstOf(path, "dev-v1.1.json", "dev-v1.1.json.gz", "KorQuAD_v1.0_dev.json") is { } questions
            ? await ReadQuestionsAsync(questions, options, cancellationToken).ConfigureAwait(false)
            : throw new UnsupportedException($"'{path}' holds no collection of a known layout: BEIR (corpus.jsonl), TREC (cran.qry.xml) or SQuAD (a JSON file).", path);
    }

    private static async Task<RetrievalCollection> ReadBeirAsync(string folder, string corpus, DatasetOptions? options, CancellationToken cancellationToken)
    {
        string queries = Required(folder, "queries.jsonl", "queries.jsonl.gz");
        Judgements judgements = await BeirDataset.ReadJudgementsAsync(Required(folder, "qrels/test.tsv"), options, cancellationToken).ConfigureAwait(false);
        return Create(
            folder,
            await BeirDataset.ReadCorpusAsync(corpus, options, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false),
            await BeirDataset.ReadQueriesAsync(queries, options, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false),
            judgements.Queries);
    }

    private static async Task<RetrievalCollection> ReadTrecAsync(string folder, string queries, DatasetOptions? options, CancellationToken cancellationToken)
    {
        string corpus = Required(folder, "cran.all.1400.xml", "cran.all.1400.xml.gz");
        Judgements judgements = await TrecDataset.ReadJudgementsAsync(Required(folder, "cranqrel.trec.txt"), options, cancellationToken).ConfigureAwait(false);
        return Create(
            folder,
            await TrecDataset.ReadCorpusAsync(corpus, options, cancellationToken)
                .Select(document => new RetrievalDocument(document.Id, "", document.TextWithTitle)).ToListAsync(cancellationToken).ConfigureAwait(false),
            await TrecDataset.ReadQueriesAsync(queries, numberByOrdinal: true, options, cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false),
            judgements.Queries);
    }

    private static async Task<RetrievalCollection> ReadQuestionsAsync(string path, DatasetOptions? options, CancellationToken cancellationToken)
    {
        List<RetrievalDocument> documents = [];
        List<RetrievalQuery> queries = [];
        Dictionary<string, IReadOnlyDictionary<string, int>> judgements = [];
        await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(path, options, cancellationToken).ConfigureAwait(false))
        {
            string id = $"{paragraph.Article}#{paragraph.Ordinal}";
            documents.Add(new RetrievalDocument(id, "", paragraph.Text));
            foreach (AnsweredQuestion question in paragraph.Questions.Where(question => !question.IsImpossible))
            {
                queries.Add(new RetrievalQuery(question.Id, question.Text));
                judgements[question.Id] = new Dictionary<string, int>(StringComparer.Ordinal) { [id] = 1 };
            }
        }

        return Create(path, documents, queries, judgements);
    }

    private static RetrievalCollection Create(
        string path,
        IReadOnlyList<RetrievalDocument> documents,
        IReadOnlyList<RetrievalQuery> queries,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, int>> judgements)
    {
        string name = File.Exists(path) ? Path.GetFileName(Path.GetDirectoryName(Path.GetFullPath(path)))! : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return new RetrievalCollection(name, documents, [.. queries.Where(query => judgements.ContainsKey(query.Id))], judgements);
    }

    private static string Required(string folder, params string[] names) =>
        FirstOf(folder, names) ?? throw new UnavailableException($"The collection in '{folder}' lacks the file {names[0]}.", folder);

    private static string? FirstOf(string folder, params string[] names) =>
        names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
