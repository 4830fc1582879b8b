using Rag.Index.Storage;

namespace Rag.Index.Filters;

/// <summary>
/// Knows what the scopes asked for last mean for the newest generation; a scope is its filter and its principal together, so
/// nobody gets what was found for another. Safe for concurrent use.
/// </summary>
internal sealed class ScopeCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(SearchScope Scope, long Generation, ScopeSet Set)> _order = [];
    private readonly Dictionary<SearchScope, LinkedListNode<(SearchScope Scope, long Generation, ScopeSet Set)>> _known = [];
    private readonly FieldTable _fields = new();

    /// <summary>What a scope means for the commit of the connection's open transaction.</summary>
    public ScopeSet Get(SearchScope scope, IndexConnection connection, IndexState state)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(scope, out var node) && node.Value.Generation == state.Generation)
            {
                _order.Remove(node);
                _order.AddFirst(node);
                return node.Value.Set;
            }
        }

        ScopeSet set = Resolve(scope, connection, state);
        lock (_lock)
        {
            if (_known.Remove(scope, out var old))
            {
                _order.Remove(old);
            }

            _known.Add(scope, _order.AddFirst((scope, state.Generation, set)));
            if (_known.Count > capacity)
            {
                _known.Remove(_order.Last!.Value.Scope);
                _order.RemoveLast();
            }
        }

        return set;
    }

    private ScopeSet Resolve(SearchScope scope, IndexConnection connection, IndexState state)
    {
        bool isProtected = Manifests.Read(state.Manifest, connection.Path)?.IsProtected == true;
        ReadableSet? readable = new AccessResolver(connection, state).Resolve(scope, isProtected);
        if (scope.Filter is null)
        {
            return new(
                readable, readable?.Documents, readable?.Chunks, readable?.Counts ?? new(connection.Number("SELECT count(*) FROM documents"), state.Chunks));
        }

        KeyRanges documents = new(), chunks = new();
        long documentCount = 0, chunkCount = 0;
        foreach (FilterableDocument document in _fields.Get(connection, state))
        {
            if (readable?.Documents.Contains(document.Key) != false && scope.Filter.Matches(document.Fields))
            {
                documents.Add(document.Key, document.Key + 1);
                chunks.Add(document.FirstChunk, document.FirstChunk + document.Chunks);
                (documentCount, chunkCount) = (documentCount + 1, chunkCount + document.Chunks);
            }
        }

        return new(readable, documents, chunks, new(documentCount, chunkCount));
    }
}
