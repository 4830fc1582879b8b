using System.Text.Json;

namespace Rag.Evaluation.Datasets;

/// <summary>
/// Reads texts to fit a model to, out of the same files that questions and collections come from. A question set in SQuAD's form
/// (.json, .json.gz) gives each paragraph followed by the first <see cref="QuestionsPerParagraph"/> questions about it; any other
/// file is JSON lines with "text" and, where it has one, "title", as the corpus of a BEIR collection is.
/// </summary>
public static class TrainingTexts
{
    /// <summary>Questions that are taken with a paragraph: enough to teach what questions look like, without drowning the paragraphs.</summary>
    public const int QuestionsPerParagraph = 2;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; may be gzipped.</param>
    /// <param name="sample">Paragraphs or lines to take, evenly chosen; null for all.</param>
    /// <param name="without">Paragraphs of a question set to leave out, by article and place in it; null for none.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="CorruptException">A line or the file is not what its form demands; names it.</exception>
    /// <exception cref="LimitExceededException">A limit of <paramref name="options"/> was passed.</exception>
    /// <exception cref="UnavailableException">The file cannot be opened.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        string path,
        int? sample = null,
        IReadOnlySet<(string Article, int Ordinal)>? without = null,
        DatasetOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(sample ?? 1, 1, nameof(sample));
        List<string[]> entries = [];
        if (IsQuestionSet(path))
        {
            await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(path, options, cancellationToken).ConfigureAwait(false))
            {
                if (without?.Contains((paragraph.Article, paragraph.Ordinal)) != true)
                {
                    entries.Add([paragraph.Text, .. paragraph.Questions.Take(QuestionsPerParagraph).Select(question => question.Text)]);
                }
            }
        }
        else
        {
            await foreach ((int number, string line) in DatasetFile.ReadLinesAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false))
            {
                using JsonDocument json = BeirDataset.Parse(path, number, line);
                entries.Add([new RetrievalDocument("", BeirDataset.Text(json, "title", path, number, ""), BeirDataset.Text(json, "text", path, number)).FullText]);
            }
        }

        int count = Math.Min(sample ?? entries.Count, entries.Count);
        return [.. Enumerable.Range(0, count).SelectMany(i => entries[(int)((long)i * entries.Count / count)])];
    }

    /// <summary>Reads a list of paragraphs: JSON lines with the article's "title" and the paragraph's place in it, "paragraph", from 0.</summary>
    /// <inheritdoc cref="ReadAsync"/>
    public static async Task<IReadOnlySet<(string Article, int Ordinal)>> ReadParagraphListAsync(
        string path, DatasetOptions? options = null, CancellationToken cancellationToken = default)
    {
        HashSet<(string, int)> paragraphs = [];
        await foreach ((int number, string line) in DatasetFile.ReadLinesAsync(path, options ?? new(), cancellationToken).ConfigureAwait(false))
        {
            using JsonDocument json = BeirDataset.Parse(path, number, line);
            string title = BeirDataset.Text(json, "title", path, number);
            paragraphs.Add(json.RootElement.TryGetProperty("paragraph", out JsonElement place) && place.ValueKind == JsonValueKind.Number && place.TryGetInt32(out int ordinal)
                ? (title, ordinal)
                : throw DatasetFile.Damaged(path, number, "\"paragraph\" is missing or not a whole number"));
        }

        return paragraphs;
    }

    private static bool IsQuestionSet(string path) =>
        path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".json.gz", StringComparison.OrdinalIgnoreCase);
}
