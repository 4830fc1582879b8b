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

        SortedDictionary<long, AccessRow> granted = Granted(scope.Principal);
        return isProtected ? Only(granted) : AllBut(granted);
    }

    private SortedDictionary<long, AccessRow> Granted(Principal? principal)
    {
        SortedDictionary<long, AccessRow> granted = [];
        foreach (string name in principal is null ? [] : principal.Names.Prepend(AccessRules.EveryPrincipal))
        {
            using SqliteDataReader row = connection.Query($"SELECT {AccessRow.Columns} FROM access WHERE principal = @1", name);
            while (row.Read())
            {
                AccessRow entry = AccessRow.Read(row, connection.Path);
                granted[entry.Document] = entry.Principal == name ? entry : throw SqliteErrors.Damaged(connection.Path, "leads from a name to another's access");
            }
        }

        return granted;
    }

    private static ReadableSet Only(SortedDictionary<long, AccessRow> granted)
    {
        Sums sums = new();
        foreach ((long document, AccessRow entry) in granted)
        {
            sums.Add(document, entry);
        }

        return new(sums.Documents, sums.Chunks, sums.Counts, sums.Length);
    }

    private ReadableSet AllBut(SortedDictionary<long, AccessRow> granted)
    {
        SortedDictionary<long, AccessRow> others = [];
        using (SqliteDataReader row = connection.Query($"SELECT {AccessRow.Columns} FROM access"))
        {
            while (row.Read())
            {
                AccessRow entry = AccessRow.Read(row, connection.Path);
                if (!granted.ContainsKey(entry.Document))
                {
                    others[entry.Document] = entry;
                }
            }
        }

        Sums denied = new();
        foreach ((long document, AccessRow entry) in others)
        {
            denied.Add(document, entry);
        }

        IndexCounts counts = new(connection.Number("SELECT count(*) FROM documents") - denied.Counts.Documents, state.Chunks - denied.Counts.Chunks);
        return new(denied.Documents.Complement(state.NextDocument), denied.Chunks.Complement(state.NextChunk), counts, state.TotalLength - denied.Length);
    }

    private sealed class Sums
    {
        public KeyRanges Documents { get; } = new();

        public KeyRanges Chunks { get; } = new();

        public IndexCounts Counts { get; private set; } = new(0, 0);

        public long Length { get; private set; }

        public void Add(long document, AccessRow entry)
        {
            Documents.Add(document, document + 1);
            Chunks.Add(entry.FirstChunk, entry.FirstChunk + entry.Chunks);
            Counts = new(Counts.Documents + 1, Counts.Chunks + entry.Chunks);
            Length += entry.Length;
        }
    }
}
