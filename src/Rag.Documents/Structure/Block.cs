namespace Rag.Documents;

/// <summary>A piece of structure before it has a place in the text.</summary>
internal readonly record struct Block(ElementKind Kind, int Level, string Text);
