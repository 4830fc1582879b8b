using Rag.Documents;

namespace Rag.Matching;

/// <summary>A piece of a chunk that can be quoted by itself.</summary>
/// <param name="Range">Where it stands in the document's text, without white space around it.</param>
/// <param name="IsHeading">Whether it is a heading, which says what follows and answers nothing.</param>
internal readonly record struct PassageSentence(TextRange Range, bool IsHeading);
