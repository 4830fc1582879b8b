namespace Rag.Evaluation.Datasets;

/// <summary>A paragraph with the questions asked about it.</summary>
/// <param name="Article">Title of the article that it is from.</param>
/// <param name="Ordinal">Its place in the article, from 0.</param>
/// <param name="Text">The paragraph.</param>
/// <param name="Questions">The questions.</param>
public sealed record QuestionParagraph(string Article, int Ordinal, string Text, IReadOnlyList<AnsweredQuestion> Questions);
