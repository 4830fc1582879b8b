namespace Rag.Index;

/// <summary>What an index remembers of a document to tell whether it changed.</summary>
/// <param name="ContentHash">See <see cref="Documents.Document.ContentHash"/>.</param>
/// <param name="Fingerprint">See <see cref="IndexedDocument.Fingerprint"/>.</param>
/// <param name="Chunks">How many chunks it has.</param>
public sealed record DocumentStamp(string ContentHash, string Fingerprint, int Chunks)
{
    /// <summary>See <see cref="Documents.Document.Access"/>; in ordinal order.</summary>
    public IReadOnlyList<string> Access { get; init; } = [];
}
