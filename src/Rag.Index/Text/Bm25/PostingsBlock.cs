using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Text;

/// <summary>
/// A row of the postings table. data holds the mean of the chunks' lengths; then the chunks in order of key as distances (the first from
/// the row's own first key) with one bit that says whether the frequency is 1, the frequency where it is not, and how far the length is
/// from the mean. positions holds what only phrases read.
/// </summary>
internal static class PostingsBlock
{
    /// <summary>Postings in one block: about a kilobyte, which a page of the database holds several of.</summary>
    public const int MaxPostings = 256;

    public static byte[] Encode(ReadOnlySpan<byte> term, long first, ReadOnlySpan<Posting> postings, BlobWriter blob)
    {
        long last = first, sum = 0;
        foreach (Posting posting in postings)
        {
            sum += posting.Length;
        }

        long mean = sum / Math.Max(1, postings.Length);
        blob.Number(mean);
        foreach (Posting posting in postings)
        {
            bool single = posting.Frequency == 1;
            blob.Number(((posting.Chunk - last) << 1) | (single ? 1L : 0));
            if (!single)
            {
                blob.Number(posting.Frequency);
            }

            long difference = posting.Length - mean;
            blob.Number((difference << 1) ^ (difference >> 63));
            last = posting.Chunk;
        }

        return blob.ToBlob(Seed(StoredTable.Postings, term, first));
    }

    /// <summary>Appends the block's postings to <paramref name="postings"/>.</summary>
    public static void Decode(ReadOnlySpan<byte> data, ReadOnlySpan<byte> term, long first, string location, List<Posting> postings)
    {
        BlobReader reader = new(data, location, Seed(StoredTable.Postings, term, first));
        long chunk = first, mean = reader.Count();
        postings.EnsureCapacity(postings.Count + MaxPostings);
        while (!reader.IsAtEnd)
        {
            long number = reader.Number();
            chunk += number >> 1;
            int frequency = (number & 1) != 0 ? 1 : reader.Count();
            long difference = reader.Number(), length = mean + ((difference >> 1) ^ -(difference & 1));
            postings.Add(new(chunk, frequency, length is >= 0 and <= int.MaxValue ? (int)length : throw reader.Damaged()));
        }
    }

    public static byte[] EncodePositions(ReadOnlySpan<byte> term, long first, ReadOnlySpan<Posting> postings, ReadOnlySpan<int> positions, BlobWriter blob)
    {
        foreach (Posting posting in postings)
        {
            PositionCodec.Write(positions[..posting.Frequency], blob);
            positions = positions[posting.Frequency..];
        }

        return blob.ToBlob(Seed(StoredTable.Positions, term, first));
    }

    /// <summary>Appends the positions of all the block's postings, as many for each as its frequency says.</summary>
    public static void DecodePositions(ReadOnlySpan<byte> data, ReadOnlySpan<byte> term, long first, ReadOnlySpan<Posting> postings, string location, List<int> positions)
    {
        BlobReader reader = new(data, location, Seed(StoredTable.Positions, term, first));
        foreach (Posting posting in postings)
        {
            PositionCodec.Read(ref reader, posting.Frequency, positions);
        }

        if (!reader.IsAtEnd)
        {
            throw reader.Damaged();
        }
    }

    private static uint Seed(StoredTable table, ReadOnlySpan<byte> term, long first) => (uint)RowSeal.Of(table, first).Add(term).Value;

    /// <summary>The span behind a list.</summary>
    public static ReadOnlySpan<Posting> Span(List<Posting> postings) => CollectionsMarshal.AsSpan(postings);
}
