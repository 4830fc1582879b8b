using System.Text;
using Rag.Evaluation.Datasets;

namespace Rag.Evaluation.Articles;

/// <summary>Reads a question set in SQuAD's JSON form (1.1, 2.0, KorQuAD 1.0; may be gzipped) as articles, one Markdown file each.</summary>
public static class SquadArticles
{
    private const string Json = ".json", Gzip = ".gz";

    /// <summary>Reads the whole set. Each entry of "data" is an article, also where two have the same title.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <param name="cancellationToken">Ends reading between paragraphs.</param>
    /// <exception cref="CorruptException">The file is not what the form demands, or holds no question.</exception>
    /// <exception cref="LimitExceededException">A limit of <paramref name="options"/> was passed.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static async Task<ArticleSet> ReadAsync(string path, DatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        List<List<QuestionParagraph>> entries = [];
        await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(path, options, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (paragraph.Ordinal == 0)
            {
                entries.Add([]);
            }

            entries[^1].Add(paragraph);
        }

        List<Article> articles = [];
        List<ArticleQuestion> answerable = [], unanswerable = [];
        foreach (List<QuestionParagraph> paragraphs in entries)
        {
            string title = paragraphs[0].Article, file = ArticleFolder.FileName(articles.Count + 1, title);
            articles.Add(new Article(title, file, Markdown(title, paragraphs)));
            foreach (QuestionParagraph paragraph in paragraphs)
            {
                foreach (AnsweredQuestion question in paragraph.Questions)
                {
                    Check(question, path);
                    (question.IsImpossible || question.Answers.Count == 0 ? unanswerable : answerable).Add(new ArticleQuestion(question, paragraph, file));
                }
            }
        }

        return answerable.Count + unanswerable.Count > 0
            ? new ArticleSet(NameOf(path), articles, answerable, unanswerable)
            : throw new CorruptException($"{path} holds no questions.", path);
    }

    private static void Check(AnsweredQuestion question, string path)
    {
        if (string.IsNullOrWhiteSpace(question.Text))
        {
            throw new CorruptException($"{path} has a question without words: '{question.Id}'.", path);
        }
    }

    private static string Markdown(string title, List<QuestionParagraph> paragraphs)
    {
        StringBuilder text = new();
        string heading = string.Join(' ', title.Split([' ', '_', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        if (heading.Length > 0)
        {
            text.Append("# ").Append(heading).Append('\n');
        }

        foreach (QuestionParagraph paragraph in paragraphs)
        {
            text.Append('\n').Append(paragraph.Text).Append('\n');
        }

        return text.ToString();
    }

    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        name = name.EndsWith(Gzip, StringComparison.OrdinalIgnoreCase) ? name[..^Gzip.Length] : name;
        return name.EndsWith(Json, StringComparison.OrdinalIgnoreCase) ? name[..^Json.Length] : name;
    }
}
