using Microsoft.Data.Sqlite;
using Rag.Index.Filters;
using Rag.Index.Storage;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors;

/// <summary>Brings a matrix from one generation to the next.</summary>
internal static class MatrixLoader
{
    /// <summary>Makes holes of the rows whose chunk is gone.</summary>
    public static VectorMatrix Prune(IndexConnection connection, VectorMatrix old)
    {
        RowSet live = new(old.Count);
        int index = 0;
        long newest = old.Count == 0 ? 0 : old.Keys[^1];
        using SqliteDataReader row = connection.Query($"SELECT {DocumentRow.Columns} FROM documents d WHERE d.first_chunk <= @1 ORDER BY d.first_chunk", newest);
        while (row.Read())
        {
            (_, long first, int chunks) = DocumentRow.Read(row, connection.Path).Place;
            long past = first + chunks;
            while (index < old.Count && old.AllKeys[index] < first)
            {
                index++;
            }

            int from = index;
            while (index < old.Count && old.AllKeys[index] < past)
            {
                index++;
            }

            live.Add(from, index);
        }

        return old with { Live = live };
    }

    /// <summary>The matrix without its holes.</summary>
    public static VectorMatrix Compact(VectorMatrix old)
    {
        RowStore rows = new(old.Rows.Format);
        rows.Reserve(old.LiveCount);
        long[] keys = new long[old.LiveCount];
        int kept = 0;
        for (int row = 0; row < old.Count; row++)
        {
            if (old.Live?[row] != false)
            {
                old.Rows.Row(row).CopyTo(rows.Row(kept));
                keys[kept++] = old.Keys[row];
            }
        }

        return old with { Rows = rows, AllKeys = keys, Count = kept, Live = null };
    }

    /// <summary>Adds the vectors of the chunks that are newer than the matrix.</summary>
    /// <exception cref="CorruptException">There are not as many vectors as the state says, or one is damaged.</exception>
    public static VectorMatrix Append(IndexConnection connection, VectorMatrix old, IndexState state)
    {
        int added = checked((int)(state.Chunks - old.LiveCount));
        int past = checked(old.Count + Math.Max(0, added));
        long[] keys = old.AllKeys;
        if (keys.Length < past)
        {
            Array.Resize(ref keys, old.Count == 0 ? past : Math.Max(past, keys.Length + (keys.Length / 2)));
        }

        old.Rows.Reserve(past);
        VectorForm form = old.Rows.Format.Form;
        float[] vector = new float[form.Dimensions];
        int index = old.Count;
        using SqliteDataReader row = connection.Query(
            "SELECT chunk, text_hash, data FROM vectors WHERE chunk > @1 ORDER BY chunk", old.Count == 0 ? 0 : keys[old.Count - 1]);
        while (row.Read())
        {
            if (index >= past)
            {
                throw SqliteErrors.Damaged(connection.Path, "holds more vectors than passages");
            }

            keys[index] = row.GetInt64(0);
            VectorStore.Read(row, form, vector, connection.Path);
            old.Rows.Format.Write(vector, old.Rows.Row(index));
            index++;
        }

        if (index < past || added < 0)
        {
            throw SqliteErrors.Damaged(connection.Path, "holds fewer vectors than passages");
        }

        return old with { Generation = state.Generation, Removals = state.Removals, AllKeys = keys, Count = past, Live = Extend(old.Live, past) };
    }

    private static RowSet? Extend(RowSet? live, int rows)
    {
        if (live is null || live.Rows == rows)
        {
            return live?.Count == rows ? null : live;
        }

        RowSet extended = new(rows);
        for (int row = live.Next(0); row >= 0; row = row + 1 < live.Rows ? live.Next(row + 1) : -1)
        {
            extended.Add(row, row + 1);
        }

        extended.Add(live.Rows, rows);
        return extended.Count == rows ? null : extended;
    }
}
