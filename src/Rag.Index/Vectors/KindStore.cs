using Rag.Chunks;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>What an index may keep of a chunk beside its dense vector. Runs inside the caller's transaction.</summary>
internal sealed class KindStore(IndexConnection connection)
{
    private readonly SparseStore _sparse = new(connection);
    private readonly TokenStore _tokens = new(connection);

    /// <summary>Stores what there is of a chunk whose key is above all others.</summary>
    public void Add(long key, Chunk chunk, SparseVector? sparse, MultiVector? tokens)
    {
        if (sparse is null && tokens is null)
        {
            return;
        }

        byte[] hash = VectorStore.Hash(chunk);
        if (sparse is not null)
        {
            _sparse.Add(key, hash, sparse);
        }

        if (tokens is not null)
        {
            _tokens.Add(key, hash, tokens);
        }
    }

    /// <summary>Removes chunks, given by consecutive keys.</summary>
    public void Remove(long first, int count, long merged)
    {
        _sparse.Remove(first, count, merged);
        _tokens.Remove(first, count);
    }

    /// <summary>Turns the sparse vectors of the chunks after <paramref name="merged"/> into postings.</summary>
    public void Merge(long merged, long past) => _sparse.Merge(merged, past);

    /// <summary>Drops what belongs to no chunk, and makes the postings anew.</summary>
    public void Rebuild(long past)
    {
        connection.Execute("DELETE FROM sparse WHERE chunk NOT IN (SELECT key FROM chunks)");
        connection.Execute("DELETE FROM tokens WHERE chunk NOT IN (SELECT key FROM chunks)");
        _sparse.Rebuild(past);
    }
}
