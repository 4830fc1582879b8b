using Rag.Chunking;
using Rag.Documents;
using Rag.Evaluation.Datasets;

namespace Rag.Evaluation.Articles;

/// <summary>A question and where its answer stands.</summary>
/// <param name="Question">The question with its accepted answers.</param>
/// <param name="Paragraph">The paragraph that it is about.</param>
/// <param name="DocumentId">The <see cref="Article.FileName"/> of the article that the paragraph is from.</param>
public sealed record ArticleQuestion(AnsweredQuestion Question, QuestionParagraph Paragraph, string DocumentId)
{
    /// <summary>The texts that count as right; empty where the paragraph has none.</summary>
    public IEnumerable<string> Answers => Question.IsImpossible ? [] : Question.Answers.Select(answer => answer.Text);

    /// <summary>The sentence of the paragraph in which the first accepted answer begins; null where there is none.</summary>
    public string? FindGoldSentence()
    {
        if (Question.IsImpossible || Question.Answers.Count == 0)
        {
            return null;
        }

        string text = Paragraph.Text;
        GoldAnswer answer = Question.Answers[0];
        int stated = FromCodePoints(text, answer.Start);
        int start = text.AsSpan(stated).StartsWith(answer.Text) ? stated : text.IndexOf(answer.Text, StringComparison.Ordinal);
        foreach (TextRange sentence in SentenceSplitter.Split(text, new TextRange(0, text.Length)))
        {
            if (start >= sentence.Start && start < sentence.End)
            {
                return text[sentence.Start..sentence.End].Trim();
            }
        }

        return null;
    }

    // The files count characters as Python does, in code points.
    private static int FromCodePoints(string text, int codePoints)
    {
        int i = 0;
        for (int counted = 0; counted < codePoints && i < text.Length; counted++)
        {
            i += i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
        }

        return i;
    }
}
