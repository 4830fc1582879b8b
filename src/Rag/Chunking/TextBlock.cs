using Rag.Documents;

namespace Rag.Chunking;

/// <summary>A stretch of a document's text that belongs together. Blocks touch: each ends where the next begins.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Range">All of it, with the marks and white space that stand around the element.</param>
/// <param name="Core">The element itself, as the reader gave it.</param>
/// <param name="Level">The element's level.</param>
internal readonly record struct TextBlock(ElementKind Kind, TextRange Range, TextRange Core, int Level);
