namespace Rag.Evaluation.Articles;

/// <summary>Articles and the questions about them, to measure the whole way from file to answer. Held in memory; immutable.</summary>
/// <param name="Name">Name for reports.</param>
/// <param name="Articles">The articles, file names unique.</param>
/// <param name="Answerable">Questions that their paragraph answers, in the file's order.</param>
/// <param name="Unanswerable">Questions about a paragraph that does not answer them (SQuAD 2.0); often none.</param>
public sealed record ArticleSet(
    string Name, IReadOnlyList<Article> Articles, IReadOnlyList<ArticleQuestion> Answerable, IReadOnlyList<ArticleQuestion> Unanswerable)
{
    /// <summary>The questions about some paragraphs, and the whole articles that these are from.</summary>
    /// <param name="paragraphs">Titles of articles and the places of paragraphs in them, from 0.</param>
    /// <exception cref="IncompatibleException">There is no question about any of them.</exception>
    public ArticleSet About(IReadOnlySet<(string Article, int Ordinal)> paragraphs)
    {
        ArgumentNullException.ThrowIfNull(paragraphs);
        ArticleQuestion[] answerable = [.. Answerable.Where(Listed)], unanswerable = [.. Unanswerable.Where(Listed)];
        HashSet<string> files = [.. answerable.Concat(unanswerable).Select(question => question.DocumentId)];
        return files.Count > 0
            ? new ArticleSet(Name, [.. Articles.Where(article => files.Contains(article.FileName))], answerable, unanswerable)
            : throw new IncompatibleException($"No question of {Name} is about a paragraph that the list names.", Name);

        bool Listed(ArticleQuestion question) => paragraphs.Contains((question.Paragraph.Article, question.Paragraph.Ordinal));
    }

    /// <summary>All articles with that many questions of either kind, evenly chosen; those of a kind that has fewer are all kept.</summary>
    /// <param name="questions">How many to keep of either kind; at least 1.</param>
    public ArticleSet Sample(int questions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(questions, 1);
        return this with { Answerable = Spread(Answerable, questions), Unanswerable = Spread(Unanswerable, questions) };
    }

    /// <summary>That many of a list, evenly spread over it; all where it has no more.</summary>
    internal static IReadOnlyList<T> Spread<T>(IReadOnlyList<T> all, int wanted) =>
        all.Count <= wanted ? all : [.. Enumerable.Range(0, wanted).Select(i => all[(int)((long)i * all.Count / wanted)])];
}
