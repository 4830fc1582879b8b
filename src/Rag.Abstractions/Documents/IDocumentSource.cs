namespace Rag.Documents;

/// <summary>Where documents come from. Implementations are safe for concurrent use and never reach outside what they were given.</summary>
public interface IDocumentSource
{
    /// <summary>
    /// Everything there is to read, in a stable order. An item that cannot be read is reported as an item with an error, not
    /// left out; the enumeration ends by itself whatever the source holds.
    /// </summary>
    IAsyncEnumerable<SourceItem> EnumerateAsync(CancellationToken cancellationToken = default);
}
