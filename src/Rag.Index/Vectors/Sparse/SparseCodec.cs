using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>
/// Sparse vectors as records: how many places, the places as distances, the weights as 32-bit floats, exact. A chunk's own vector
/// is written so, and so is a block of one place's chunks in the inverted index, places being chunks there.
/// </summary>
internal static class SparseCodec
{
    /// <summary>Chunks in one block of the inverted index: about a kilobyte and a half, which a page of the database holds several of.</summary>
    public const int MaxPostings = 256;

    public static byte[] Encode(SparseVector vector, long chunk, BlobWriter blob)
    {
        blob.Number(vector.Ids.Length);
        int next = 0;
        foreach (int id in vector.Ids)
        {
            blob.Number(id - next);
            next = id + 1;
        }

        blob.Bytes(MemoryMarshal.AsBytes(vector.Weights));
        return blob.ToBlob(RowSeal.Seed(StoredTable.Sparse, chunk));
    }

    /// <summary>Reads a chunk's vector.</summary>
    /// <param name="data">The record.</param>
    /// <param name="chunk">Whose it is.</param>
    /// <param name="dimensions">How many places there are.</param>
    /// <param name="location">For the exception.</param>
    /// <exception cref="CorruptException">It is none that <see cref="Encode(SparseVector, long, BlobWriter)"/> made, or has other places.</exception>
    public static SparseVector Decode(ReadOnlySpan<byte> data, long chunk, int dimensions, string location)
    {
        BlobReader reader = new(data, location, RowSeal.Seed(StoredTable.Sparse, chunk));
        int[] ids = new int[reader.Small(Math.Min(dimensions, data.Length))];
        long next = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            long id = next + reader.Count();
            ids[i] = id < dimensions ? (int)id : throw reader.Damaged();
            next = id + 1;
        }

        return new(ids, Weights(ref reader, ids.Length));
    }

    public static byte[] Encode(long place, long first, ReadOnlySpan<SparsePosting> postings, BlobWriter blob)
    {
        blob.Number(postings.Length);
        long next = first;
        foreach (SparsePosting posting in postings)
        {
            blob.Number(posting.Chunk - next);
            next = posting.Chunk + 1;
        }

        foreach (SparsePosting posting in postings)
        {
            float weight = posting.Weight;
            blob.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in weight)));
        }

        return blob.ToBlob(Seed(place, first));
    }

    /// <summary>Appends a block's postings to <paramref name="postings"/>.</summary>
    /// <exception cref="CorruptException">It is no block.</exception>
    public static void Decode(ReadOnlySpan<byte> data, long place, long first, string location, List<SparsePosting> postings)
    {
        BlobReader reader = new(data, location, Seed(place, first));
        int count = reader.Small(MaxPostings), from = postings.Count;
        long next = first;
        for (int i = 0; i < count; i++)
        {
            long chunk = next + reader.Number();
            postings.Add(chunk >= next ? new(chunk, 0) : throw reader.Damaged());
            next = chunk + 1;
        }

        ReadOnlySpan<float> weights = Weights(ref reader, count);
        Span<SparsePosting> added = CollectionsMarshal.AsSpan(postings)[from..];
        for (int i = 0; i < count; i++)
        {
            added[i] = added[i] with { Weight = weights[i] };
        }
    }

    private static uint Seed(long place, long first) => (uint)RowSeal.Of(StoredTable.SparsePostings, place).Add(first).Value;

    private static ReadOnlySpan<float> Weights(ref BlobReader reader, int count)
    {
        ReadOnlySpan<float> weights = MemoryMarshal.Cast<byte, float>(reader.Bytes(count * sizeof(float)));
        foreach (float weight in weights)
        {
            if (!(weight > 0 && float.IsFinite(weight)))
            {
                throw reader.Damaged();
            }
        }

        return reader.IsAtEnd ? weights : throw reader.Damaged();
    }
}
