namespace Rag.Evaluation.Datasets;

/// <summary>Gathers judgements line by line; the last one of a pair counts.</summary>
internal sealed class JudgementsBuilder
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, int>> _queries = new(StringComparer.Ordinal);

    public void Add(string query, string document, int grade)
    {
        if (!_queries.TryGetValue(query, out IReadOnlyDictionary<string, int>? documents))
        {
            _queries.Add(query, documents = new Dictionary<string, int>(StringComparer.Ordinal));
        }

        ((Dictionary<string, int>)documents)[document] = grade;
    }

    public Judgements Build() => new(_queries);
}
