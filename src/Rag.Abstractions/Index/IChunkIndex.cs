namespace Rag.Index;

/// <summary>
/// Where chunks live. A reader sees a document wholly as it was or wholly as it is. Read directly, an index shows what is open to
/// all (<see cref="SearchScope.Public"/>); <see cref="Within"/> reads for somebody.
/// </summary>
public interface IChunkIndex : IChunkReader, IChunkWriter, IAsyncDisposable
{
    /// <summary>What the index shows within a scope. Costs nothing; valid as long as the index is open, whatever is written meanwhile.</summary>
    IChunkReader Within(SearchScope scope);
}
