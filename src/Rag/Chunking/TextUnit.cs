using Rag.Documents;

namespace Rag.Chunking;

/// <summary>The smallest piece that is moved as a whole: a sentence, a row, a line of code, or a part of one too long.</summary>
/// <param name="Range">Where it stands; units touch.</param>
/// <param name="Tokens">Its cost against the budget.</param>
/// <param name="Kind">What it is a part of.</param>
internal readonly record struct TextUnit(TextRange Range, int Tokens, ElementKind Kind)
{
    /// <summary>Whether the next chunk may repeat it: rows stand for themselves, and headings come with the path.</summary>
    public bool MayOverlap => Kind is ElementKind.Paragraph or ElementKind.ListItem or ElementKind.Code;
}
