using System.Globalization;
using System.Text;

namespace Rag.Evaluation.Articles;

/// <summary>
/// Writes articles as files. Titles come from a data set and are no file names: only their letters and digits are kept, behind
/// the article's number, so that no name leaves the folder, is reserved by a system, is hidden, or is there twice.
/// </summary>
public static class ArticleFolder
{
    private const int MaxTitleCharacters = 48;

    /// <summary>The file name of an article: "0007-Super_Bowl_50.md".</summary>
    /// <param name="number">The article's place in its set, from 1.</param>
    /// <param name="title">Its title; anything.</param>
    public static string FileName(int number, string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        StringBuilder name = new();
        name.Append(CultureInfo.InvariantCulture, $"{number:D4}");
        char separator = '-';
        foreach (char character in title.AsSpan(0, Math.Min(title.Length, MaxTitleCharacters)))
        {
            if (!char.IsLetterOrDigit(character))
            {
                separator = separator == '-' ? '-' : '_';
                continue;
            }

            if (separator != '\0')
            {
                name.Append(separator);
            }

            name.Append(character);
            separator = '\0';
        }

        return name.Append(".md").ToString();
    }

    /// <summary>Writes every article into a folder that is there, as UTF-8 without a byte order mark.</summary>
    /// <param name="articles">What to write.</param>
    /// <param name="folder">Where; nothing is written outside it.</param>
    /// <param name="cancellationToken">Ends writing between files.</param>
    /// <exception cref="UnavailableException">A file cannot be written.</exception>
    public static async Task WriteAsync(IReadOnlyList<Article> articles, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(articles);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        foreach (Article article in articles)
        {
            if (Path.GetFileName(article.FileName) != article.FileName)
            {
                throw new ArgumentException($"'{article.FileName}' is more than a file name.", nameof(articles));
            }

            string path = Path.Combine(folder, article.FileName);
            try
            {
                await File.WriteAllTextAsync(path, article.Markdown, new UTF8Encoding(false), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new UnavailableException($"The article cannot be written to {path}: {error.Message}", path, error);
            }
        }
    }
}
