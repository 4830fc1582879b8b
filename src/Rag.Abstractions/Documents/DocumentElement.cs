namespace Rag.Documents;

/// <summary>One structural stretch of a document's text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Range">Where it stands in <see cref="Document.Text"/>; elements come in text order and never overlap.</param>
/// <param name="Level">For headings the rank, 1 the highest; for list items the depth from 1; otherwise 0.</param>
public sealed record DocumentElement(ElementKind Kind, TextRange Range, int Level = 0);
