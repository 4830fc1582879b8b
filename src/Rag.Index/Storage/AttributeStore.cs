using Microsoft.Data.Sqlite;
using Rag.Documents;

namespace Rag.Index.Storage;

/// <summary>
/// What is said of documents beside their text. Of access there is a row for every entry, by name, with what a question needs to know of
/// the document, so that who may read what is found without touching documents. Runs inside the caller's transaction.
/// </summary>
internal sealed class AttributeStore(IndexConnection connection)
{
    /// <summary>Stores a document's attributes; there are none of it yet.</summary>
    /// <param name="place">Where its rows are.</param>
    /// <param name="length">Terms of its chunks together.</param>
    /// <param name="attributes">What is said.</param>
    public void Add(StoredDocument place, long length, DocumentAttributes attributes)
    {
        if (attributes.Metadata.Count > 0)
        {
            connection.Execute("INSERT INTO metadata VALUES (@1, @2)", place.Key, MetadataCodec.Encode(attributes.Metadata, Seed(place.Key)));
        }

        foreach (string entry in attributes.Access.Distinct(StringComparer.Ordinal))
        {
            new AccessRow(entry, place.Key, place.FirstChunk, place.Chunks, length).Write(connection);
        }
    }

    /// <summary>Removes a document's attributes.</summary>
    public void Remove(long document)
    {
        connection.Execute("DELETE FROM metadata WHERE document = @1", document);
        connection.Execute("DELETE FROM access WHERE document = @1", document);
    }

    /// <summary>The access of every document that names somebody, in ordinal order.</summary>
    public Dictionary<long, List<string>> ReadAccess()
    {
        Dictionary<long, List<string>> access = [];
        using SqliteDataReader row = connection.Query("SELECT document, principal FROM access");
        while (row.Read())
        {
            if (access.TryGetValue(row.GetInt64(0), out List<string>? entries))
            {
                entries.Add(row.GetString(1));
            }
            else
            {
                access.Add(row.GetInt64(0), [row.GetString(1)]);
            }
        }

        foreach (List<string> entries in access.Values)
        {
            entries.Sort(StringComparer.Ordinal);
        }

        return access;
    }

    /// <summary>Reads a document's attributes; access in ordinal order.</summary>
    public DocumentAttributes Read(long document)
    {
        DocumentMetadata metadata = connection.Scalar("SELECT data FROM metadata WHERE document = @1", document) is byte[] blob
            ? MetadataCodec.Decode(blob, connection.Path, Seed(document))
            : DocumentMetadata.Empty;
        return new() { Metadata = metadata, Access = [.. ReadAccess(document).Select(entry => entry.Principal).Order(StringComparer.Ordinal)] };
    }

    /// <summary>Stores with a document's access entries that it has another number of terms.</summary>
    public void SetLength(long document, long length)
    {
        foreach (AccessRow entry in ReadAccess(document))
        {
            (entry with { Length = length }).Write(connection);
        }
    }

    /// <summary>What the checksum of a document's metadata begins with.</summary>
    public static uint Seed(long document) => RowSeal.Seed(StoredTable.Metadata, document);

    private List<AccessRow> ReadAccess(long document)
    {
        List<AccessRow> entries = [];
        using SqliteDataReader row = connection.Query($"SELECT {AccessRow.Columns} FROM access WHERE document = @1", document);
        while (row.Read())
        {
            entries.Add(AccessRow.Read(row, connection.Path));
        }

        return entries;
    }
}
