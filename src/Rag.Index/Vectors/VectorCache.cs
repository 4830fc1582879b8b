using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>
/// Keeps the vectors of the newest generation seen in memory, loaded when first needed. After commits that only added, only what
/// is new is read; after one that removed, what is left is copied together. Safe for concurrent use.
/// </summary>
internal sealed class VectorCache
{
    private readonly Lock _lock = new();
    private VectorMatrix? _matrix;

    /// <summary>The vectors of the connection's open transaction; null where the cache is ahead of it.</summary>
    public VectorMatrix? Get(IndexConnection connection, IndexState state, int dimensions)
    {
        lock (_lock)
        {
            if (_matrix?.Generation != state.Generation)
            {
                if (_matrix?.Generation > state.Generation)
                {
                    return null;
                }

                _matrix = Load(connection, state, dimensions, _matrix?.Dimensions == dimensions ? _matrix : null);
            }

            return _matrix;
        }
    }

    private static VectorMatrix Load(IndexConnection connection, IndexState state, int dimensions, VectorMatrix? old)
    {
        int count = checked((int)state.Chunks);
        bool appendOnly = old is not null && old.Removals == state.Removals;
        var (keys, values) = appendOnly ? old!.Storage : ([], []);
        int kept = appendOnly ? old!.Count : 0;
        if (keys.Length < count)
        {
            int capacity = appendOnly ? Math.Max(count, keys.Length + (keys.Length / 2)) : count;
            Array.Resize(ref keys, capacity);
            Array.Resize(ref values, checked(capacity * dimensions));
        }

        if (old is not null && !appendOnly)
        {
            kept = CopySurvivors(connection, old, keys, values);
        }

        Append(connection, keys, values, kept, count, dimensions);
        return new(state.Generation, state.Removals, dimensions, count, keys, values);
    }

    private static int CopySurvivors(IndexConnection connection, VectorMatrix old, long[] keys, float[] values)
    {
        int kept = 0, index = 0;
        long newest = old.Count == 0 ? 0 : old.Keys[^1];
        using SqliteDataReader row = connection.Query("SELECT first_chunk, chunks FROM documents WHERE first_chunk <= @1 ORDER BY key", newest);
        while (row.Read())
        {
            long first = row.GetInt64(0), past = first + row.GetInt64(1);
            while (index < old.Count && old.Keys[index] < first)
            {
                index++;
            }

            for (; index < old.Count && old.Keys[index] < past && kept < keys.Length; index++, kept++)
            {
                keys[kept] = old.Keys[index];
                old.Row(index).CopyTo(values.AsSpan(kept * old.Dimensions));
            }
        }

        return kept;
    }

    private static void Append(IndexConnection connection, long[] keys, float[] values, int from, int count, int dimensions)
    {
        int index = from;
        using SqliteDataReader row = connection.Query(
            "SELECT chunk, data FROM vectors WHERE chunk > @1 ORDER BY chunk", from == 0 ? 0 : keys[from - 1]);
        while (row.Read())
        {
            if (index == count)
            {
                throw SqliteErrors.Damaged(connection.Path, "holds more vectors than passages");
            }

            keys[index] = row.GetInt64(0);
            UnitVector.Decode((byte[])row[1], values.AsSpan(index * dimensions, dimensions), connection.Path);
            index++;
        }

        if (index < count)
        {
            throw SqliteErrors.Damaged(connection.Path, "holds fewer vectors than passages");
        }
    }
}
