namespace Rag.Evaluation.Articles;

/// <summary>An article of a question set as the one Markdown file that it becomes.</summary>
/// <param name="Title">The title as the question set has it.</param>
/// <param name="FileName">A safe file name, unique in its set; also the id of the ingested document.</param>
/// <param name="Markdown">The title as a heading, then the paragraphs verbatim, with blank lines between.</param>
public sealed record Article(string Title, string FileName, string Markdown);
