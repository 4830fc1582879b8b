namespace Rag.Documents;

/// <summary>A word and its place on the page, in points from the upper left.</summary>
internal readonly record struct PdfWord(string Text, float Left, float Top, float Right, float Bottom);
