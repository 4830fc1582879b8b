using System.Buffers.Binary;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// A chunk's terms as one blob: its length, a hash of all positions, then each term with its count, sorted by bytes; a term as the length
/// of what it shares with the one before and the rest. The form for chunks that wait to be merged has each term's positions too.
/// </summary>
internal static class TermsRecord
{
    private const int MaxTermBytes = 1 << 16;

    // A term begins with one byte: 4 bits for what it shares, 3 for what is added (all ones: a number with the rest follows), and one
    // that says whether the count is 1.
    private const int MaxShared = 15, MaxAdded = 7;

    public static byte[] Encode(TermCounts terms, long chunk, bool withPositions, BlobWriter blob)
    {
        IReadOnlyList<(byte[] Term, List<int> Positions)> sorted = terms.Sorted;
        blob.Number(terms.Length);
        WriteHash(sorted, chunk, blob);
        blob.Number(sorted.Count);
        ReadOnlySpan<byte> last = [];
        foreach ((byte[] term, List<int> positions) in sorted)
        {
            WriteTerm(term, last.CommonPrefixLength(term), positions.Count, blob);
            if (withPositions)
            {
                PositionCodec.Write(PositionCodec.Span(positions), blob);
            }

            last = term;
        }

        return blob.ToBlob(Seed(chunk, withPositions));
    }

    /// <summary>A chunk's length and the hash of its positions, from the form without them.</summary>
    public static (int Length, ulong Positions) Head(ReadOnlySpan<byte> blob, long chunk, string location)
    {
        BlobReader reader = new(blob, location, Seed(chunk, withPositions: false));
        return (reader.Count(), BinaryPrimitives.ReadUInt64LittleEndian(reader.Bytes(sizeof(ulong))));
    }

    /// <summary>Hands each term with its posting, and its positions where the blob has them, to <paramref name="visit"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> blob, long chunk, bool withPositions, string location, TermVisitor visit)
    {
        BlobReader reader = new(blob, location, Seed(chunk, withPositions));
        int length = reader.Count();
        reader.Bytes(sizeof(ulong));
        byte[] term = new byte[64];
        List<int> positions = [];
        for (int left = reader.Count(), last = 0; left > 0; left--)
        {
            byte head = reader.Bytes(1)[0];
            int shared = head & MaxShared, added = (head >> 4) & MaxAdded;
            shared += shared == MaxShared ? reader.Small(MaxTermBytes) : 0;
            added += added == MaxAdded ? reader.Small(MaxTermBytes) : 0;
            int frequency = head >> 7 != 0 ? 1 : reader.Count();
            if (shared > last)
            {
                throw reader.Damaged();
            }

            if (shared + added > term.Length)
            {
                Array.Resize(ref term, 2 * (shared + added));
            }

            reader.Bytes(added).CopyTo(term.AsSpan(shared));
            last = shared + added;
            positions.Clear();
            PositionCodec.Read(ref reader, withPositions ? frequency : 0, positions);
            visit(term.AsSpan(0, last), new(chunk, frequency, length), PositionCodec.Span(positions));
        }
    }

    private static uint Seed(long chunk, bool withPositions) => RowSeal.Seed(withPositions ? StoredTable.Pending : StoredTable.Terms, chunk);

    private static void WriteHash(IReadOnlyList<(byte[] Term, List<int> Positions)> terms, long chunk, BlobWriter blob)
    {
        ulong hash = 0;
        foreach ((byte[] term, List<int> positions) in terms)
        {
            hash += PostingsTotals.HashPositions(term, chunk, PositionCodec.Span(positions));
        }

        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, hash);
        blob.Bytes(bytes);
    }

    private static void WriteTerm(ReadOnlySpan<byte> term, int shared, int frequency, BlobWriter blob)
    {
        int added = term.Length - shared;
        blob.Bytes([(byte)(Math.Min(shared, MaxShared) | (Math.Min(added, MaxAdded) << 4) | (frequency == 1 ? 0x80 : 0))]);
        if (shared >= MaxShared)
        {
            blob.Number(shared - MaxShared);
        }

        if (added >= MaxAdded)
        {
            blob.Number(added - MaxAdded);
        }

        if (frequency != 1)
        {
            blob.Number(frequency);
        }

        blob.Bytes(term[shared..]);
    }
}
