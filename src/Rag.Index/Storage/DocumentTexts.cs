using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Rag.Index.Storage;

/// <summary>
/// Document text in the texts table, piece by piece (<see cref="TextPiece"/>), so that one passage of a long document costs one piece.
/// </summary>
internal sealed class DocumentTexts(IndexConnection connection)
{
    private const int PieceLength = TextPiece.MaxLength;
    private const int PieceBits = 20;

    private long _cachedKey = -1;
    private int _cachedStart;
    private string _cachedPiece = "";

    /// <summary>Stores a text.</summary>
    public void Add(long document, IEnumerable<TextPiece> pieces)
    {
        BlobWriter blob = new();
        long key = document << PieceBits;
        foreach (TextPiece piece in pieces)
        {
            blob.Number(piece.Start);
            blob.Number(piece.Inflated);
            blob.Bytes(piece.Payload);
            connection.Execute("INSERT INTO texts VALUES (@1, @2)", key, blob.ToBlob(RowSeal.Seed(StoredTable.Texts, key)));
            key++;
        }
    }

    /// <summary>Removes a document's text.</summary>
    public void Remove(long document) =>
        connection.Execute("DELETE FROM texts WHERE key >= @1 AND key < @2", document << PieceBits, (document + 1) << PieceBits);

    /// <summary>Reads a range of a document's text.</summary>
    public string Read(long document, int first, int past)
    {
        if (past <= first)
        {
            return "";
        }

        StringBuilder text = new(Math.Min(past - first, 2 * PieceLength));
        for (int piece = first / PieceLength; piece <= (past - 1) / PieceLength; piece++)
        {
            (int start, string part) = Piece(Key(document, piece));
            int from = Math.Clamp(first - start, 0, part.Length), to = Math.Clamp(past - start, 0, part.Length);
            text.Append(part, from, to - from);
        }

        return text.Length == past - first ? text.ToString() : throw SqliteErrors.Damaged(connection.Path, "has lost a part of a document's text");
    }

    private (int Start, string Text) Piece(long key)
    {
        if (key == _cachedKey)
        {
            return (_cachedStart, _cachedPiece);
        }

        byte[] blob = connection.Scalar("SELECT data FROM texts WHERE key = @1", key) as byte[]
            ?? throw SqliteErrors.Damaged(connection.Path, "has lost a part of a document's text");
        BlobReader reader = new(blob, connection.Path, RowSeal.Seed(StoredTable.Texts, key));
        int start = reader.Count(), inflated = reader.Count();
        ReadOnlySpan<byte> payload = reader.Remaining();
        _cachedPiece = inflated == 0 ? Encoding.UTF8.GetString(payload) : Inflate(payload, inflated, reader);
        _cachedStart = start;
        _cachedKey = key;
        return (start, _cachedPiece);
    }

    private static string Inflate(ReadOnlySpan<byte> payload, int length, BlobReader reader)
    {
        if (length > (PieceLength + 1) * 3)
        {
            throw reader.Damaged();
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return BrotliDecoder.TryDecompress(payload, bytes.AsSpan(0, length), out int written) && written == length
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw reader.Damaged();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private static long Key(long document, int piece) => (document << PieceBits) + piece;
}
