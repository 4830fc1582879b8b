namespace Rag.Index.Filters;

/// <summary>A stored document as a filter sees it.</summary>
/// <param name="Key">Key of the document.</param>
/// <param name="FirstChunk">Key of its first chunk; the others follow without gaps.</param>
/// <param name="Chunks">How many chunks it has.</param>
/// <param name="Fields">What a filter can name.</param>
internal readonly record struct FilterableDocument(long Key, long FirstChunk, int Chunks, DocumentFields Fields);
