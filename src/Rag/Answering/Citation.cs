using Rag.Documents;

namespace Rag.Answering;

/// <summary>A verbatim piece of a source on which the answer rests: <c>Quote == document.Text[Range]</c> was checked.</summary>
/// <param name="DocumentId">The document quoted.</param>
/// <param name="Page">The page on which the quote begins, from 1, where the document has pages.</param>
/// <param name="Range">Where the quote stands in the document's text.</param>
/// <param name="Quote">The quoted text.</param>
/// <param name="Source">The number by which the answer's text refers to it, as in "[1]".</param>
public sealed record Citation(string DocumentId, int? Page, TextRange Range, string Quote, int Source);
