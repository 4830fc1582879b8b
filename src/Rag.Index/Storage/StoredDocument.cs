namespace Rag.Index.Storage;

/// <summary>Where a document's rows are.</summary>
/// <param name="Key">Key of the document.</param>
/// <param name="FirstChunk">Key of its first chunk; the others follow without gaps.</param>
/// <param name="Chunks">How many chunks it has.</param>
internal sealed record StoredDocument(long Key, long FirstChunk, int Chunks);
