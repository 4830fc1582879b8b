using Rag.Documents;

namespace Rag.Matching;

/// <summary>A piece of a chunk that can be quoted by itself.</summary>
/// <param name="Range">Where it stands in the document's text, without white space around it.</param>
/// <param name="Kind">What it is a piece of. A heading says what follows and answers nothing.</param>
internal readonly record struct PassageSentence(TextRange Range, ElementKind Kind)
{
    /// <summary>Whether it is a heading.</summary>
    public bool IsHeading => Kind == ElementKind.Heading;

    /// <summary>Whether it is an entry of a table or a list.</summary>
    public bool IsEntry => Kind is ElementKind.TableRow or ElementKind.ListItem;

    /// <summary>Whether it is a sentence, as opposed to an entry of a list or table, code, or a heading.</summary>
    public bool IsProse => Kind == ElementKind.Paragraph;
}
