using System.Runtime.CompilerServices;
using System.Text;
using Rag.Documents;
using Rag.Evaluation.Datasets;
using Rag.Retrieval;

namespace Rag.Tests.Journeys;

/// <summary>SQuAD's articles as Markdown files: the title as heading, then the paragraphs; and their questions.</summary>
internal sealed class SquadArticles : IDocumentSource
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly List<(string File, TextRange Paragraph, AnsweredQuestion Question)> _questions = [];

    /// <summary>The questions, evenly spread.</summary>
    public IEnumerable<(string File, TextRange Paragraph, AnsweredQuestion Question)> Questions(int count)
    {
        int step = Math.Max(1, _questions.Count / count);
        return _questions.Where((_, i) => i % step == step / 2).Take(count);
    }

    /// <summary>Reads every <paramref name="every"/>th article.</summary>
    public static async Task<SquadArticles> ReadAsync(string path, int every)
    {
        List<QuestionParagraph> paragraphs = [];
        await foreach (QuestionParagraph paragraph in SquadDataset.ReadAsync(path))
        {
            paragraphs.Add(paragraph);
        }

        SquadArticles articles = new();
        foreach (IGrouping<string, QuestionParagraph> article in paragraphs.GroupBy(paragraph => paragraph.Article).Where((_, i) => i % every == 0))
        {
            StringBuilder text = new($"# {article.Key.Replace('_', ' ')}\n");
            foreach (QuestionParagraph paragraph in article.OrderBy(paragraph => paragraph.Ordinal))
            {
                text.Append('\n');
                TextRange range = new(text.Length, text.Length + paragraph.Text.Length);
                text.Append(paragraph.Text).Append('\n');
                articles._questions.AddRange(paragraph.Questions.Select(question => ($"{article.Key}.md", range, question)));
            }

            articles._files[$"{article.Key}.md"] = text.ToString();
        }

        return articles;
    }

    /// <summary>Whether a chunk overlaps the question's paragraph and holds an answer of it.</summary>
    public static bool Holds(RetrievedChunk found, (string File, TextRange Paragraph, AnsweredQuestion Question) asked) =>
        found.Chunk.DocumentId == asked.File
        && found.Chunk.Range.Overlaps(asked.Paragraph)
        && asked.Question.Answers.Any(answer => found.Chunk.Text.Contains(answer.Text, StringComparison.Ordinal));

    /// <inheritdoc/>
    public async IAsyncEnumerable<SourceItem> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach ((string id, string text) in _files)
        {
            await Task.Yield();
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            yield return new SourceItem { Id = id, Length = bytes.Length, OpenAsync = _ => new(new MemoryStream(bytes)) };
        }
    }
}
