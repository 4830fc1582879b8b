using System.Collections.Concurrent;

namespace Rag.Index.Storage;

/// <summary>
/// Ids and keys of chunks met before, so that a question looks up only what is new. A key is never used for another chunk; where an
/// id leads holds until something is removed. Bounded: a full memory begins anew. Safe for concurrent use.
/// </summary>
internal sealed class ChunkNames
{
    private const int Most = 1 << 16;

    private readonly ConcurrentDictionary<long, string> _ids = [];
    private readonly Lock _lock = new();
    private Dictionary<string, long> _keys = new(StringComparer.Ordinal);
    private long _removals = -1;

    /// <summary>The id of the chunk with this key.</summary>
    public string IdOf(long key, DocumentStore store)
    {
        if (_ids.TryGetValue(key, out string? id))
        {
            return id;
        }

        if (_ids.Count >= Most)
        {
            _ids.Clear();
        }

        return _ids[key] = store.ChunkId(key);
    }

    /// <summary>The key of the chunk with this id in a commit, or null.</summary>
    public long? KeyOf(string id, IndexState state, DocumentStore store)
    {
        lock (_lock)
        {
            if (_removals == state.Removals && _keys.TryGetValue(id, out long known) && known < state.NextChunk)
            {
                return known;
            }
        }

        if (store.FindChunk(id) is not { } key)
        {
            return null;
        }

        lock (_lock)
        {
            if (_removals < state.Removals || _keys.Count >= Most)
            {
                (_keys, _removals) = (new(StringComparer.Ordinal), Math.Max(_removals, state.Removals));
            }

            if (_removals == state.Removals)
            {
                _keys[id] = key;
            }
        }

        return key;
    }
}
