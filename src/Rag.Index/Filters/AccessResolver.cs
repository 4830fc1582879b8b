using Microsoft.Data.Sqlite;
using Rag.Index.Storage;

namespace Rag.Index.Filters;

/// <summary>
/// Finds what a principal may read, by the rules of <see cref="AccessRules"/>, from the access table alone: where an index is open,
/// everything but what names others; where it is protected, what names the principal.
/// </summary>
internal sealed class AccessResolver(IndexConnection connection, IndexState state)
{
    /// <summary>What may be read; null where that is everything.</summary>
    public ReadableSet? Resolve(SearchScope scope, bool isProtected)
    {
        if (scope.IsUnrestricted || (!isProtected && connection.Scalar("SELECT 1 FROM access LIMIT 1") is null))
        {
            return null;
        }

        SortedDictionary<long, Entry> granted = Granted(scope.Principal);
        return isProtected ? Only(granted) : AllBut(granted);
    }

    private SortedDictionary<long, Entry> Granted(Principal? principal)
    {
        SortedDictionary<long, Entry> granted = [];
        foreach (string name in principal is null ? [] : principal.Names.Prepend(AccessRules.EveryPrincipal))
        {
            using SqliteDataReader row = connection.Query("SELECT document, first_chunk, chunks, length FROM access WHERE principal = @1", name);
            while (row.Read())
            {
                granted[row.GetInt64(0)] = Entry.Read(row);
            }
        }

        return granted;
    }

    private static ReadableSet Only(SortedDictionary<long, Entry> granted)
    {
        Sums sums = new();
        foreach ((long document, Entry entry) in granted)
        {
            sums.Add(document, entry);
        }

        return new(sums.Documents, sums.Chunks, sums.Counts, sums.Length);
    }

    private ReadableSet AllBut(SortedDictionary<long, Entry> granted)
    {
        Sums denied = new();
        using (SqliteDataReader row = connection.Query("SELECT DISTINCT document, first_chunk, chunks, length FROM access ORDER BY document"))
        {
            while (row.Read())
            {
                if (!granted.ContainsKey(row.GetInt64(0)))
                {
                    denied.Add(row.GetInt64(0), Entry.Read(row));
                }
            }
        }

        IndexCounts counts = new(connection.Number("SELECT count(*) FROM documents") - denied.Counts.Documents, state.Chunks - denied.Counts.Chunks);
        return new(denied.Documents.Complement(state.NextDocument), denied.Chunks.Complement(state.NextChunk), counts, state.TotalLength - denied.Length);
    }

    private readonly record struct Entry(long FirstChunk, long Chunks, long Length)
    {
        public static Entry Read(SqliteDataReader row) => new(row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    private sealed class Sums
    {
        public KeyRanges Documents { get; } = new();

        public KeyRanges Chunks { get; } = new();

        public IndexCounts Counts { get; private set; } = new(0, 0);

        public long Length { get; private set; }

        public void Add(long document, Entry entry)
        {
            Documents.Add(document, document + 1);
            Chunks.Add(entry.FirstChunk, entry.FirstChunk + entry.Chunks);
            Counts = new(Counts.Documents + 1, Counts.Chunks + entry.Chunks);
            Length += entry.Length;
        }
    }
}
