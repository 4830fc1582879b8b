using Microsoft.Data.Sqlite;
using Rag.Documents;
using Rag.Index.Storage;

namespace Rag.Index.Filters;

/// <summary>
/// Keeps what filters can name of every document of the newest generation seen in memory, loaded when a filter first asks. After
/// commits that only added, only what is new is read. Safe for concurrent use.
/// </summary>
internal sealed class FieldTable
{
    private readonly Lock _lock = new();
    private IndexState? _state;
    private FilterableDocument[] _documents = [];

    /// <summary>The documents of the connection's open transaction, in order of key.</summary>
    /// <exception cref="StaleReadException">The table is ahead of the transaction.</exception>
    public FilterableDocument[] Get(IndexConnection connection, IndexState state)
    {
        lock (_lock)
        {
            if (_state?.Generation > state.Generation)
            {
                throw new StaleReadException();
            }

            if (_state?.Generation != state.Generation)
            {
                bool addedOnly = _state is not null && (_state.Removals, _state.Revisions) == (state.Removals, state.Revisions);
                _documents = Load(connection, addedOnly ? _documents : []);
                _state = state;
            }

            return _documents;
        }
    }

    private static FilterableDocument[] Load(IndexConnection connection, FilterableDocument[] known)
    {
        List<FilterableDocument> documents = [.. known];
        using SqliteDataReader row = connection.Query(
            $"SELECT {DocumentRow.Columns}, m.data FROM documents d LEFT JOIN metadata m ON m.document = d.key WHERE d.key > @1 ORDER BY d.key",
            known.Length == 0 ? 0 : known[^1].Key);
        while (row.Read())
        {
            DocumentRow document = DocumentRow.Read(row, connection.Path);
            DocumentMetadata metadata = row.IsDBNull(DocumentRow.ColumnCount)
                ? DocumentMetadata.Empty
                : MetadataCodec.Decode((byte[])row[DocumentRow.ColumnCount], connection.Path, AttributeStore.Seed(document.Key));
            documents.Add(new(document.Key, document.FirstChunk, document.Chunks, new(document.Id, document.Title, metadata)));
        }

        return [.. documents];
    }
}
