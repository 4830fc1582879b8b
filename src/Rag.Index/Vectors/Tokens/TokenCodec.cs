using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>A chunk's token vectors as a record: the values as 16-bit floats, half of what they take in memory.</summary>
internal static class TokenCodec
{
    // The one form there is: 16-bit floats.
    private const int Halves = 1;

    public static byte[] Encode(MultiVector vectors, long chunk, BlobWriter blob)
    {
        blob.Number(Halves);
        Half[] halves = ArrayPool<Half>.Shared.Rent(vectors.Values.Length);
        try
        {
            Span<Half> values = halves.AsSpan(0, vectors.Values.Length);
            TensorPrimitives.ConvertToHalf(vectors.Values, values);
            blob.Bytes(MemoryMarshal.AsBytes(values));
        }
        finally
        {
            ArrayPool<Half>.Shared.Return(halves);
        }

        return blob.ToBlob(RowSeal.Seed(StoredTable.Tokens, chunk));
    }

    /// <summary>The values of a record as they are stored.</summary>
    /// <exception cref="CorruptException">It is none that <see cref="Encode"/> made, or of vectors of another length.</exception>
    public static ReadOnlySpan<Half> Values(ReadOnlySpan<byte> data, long chunk, int dimensions, string location)
    {
        BlobReader reader = new(data, location, RowSeal.Seed(StoredTable.Tokens, chunk));
        if (reader.Number() != Halves)
        {
            throw reader.Damaged();
        }

        ReadOnlySpan<byte> bytes = reader.Remaining();
        return bytes.Length % (dimensions * sizeof(ushort)) == 0 ? MemoryMarshal.Cast<byte, Half>(bytes) : throw reader.Damaged();
    }

    /// <summary>Reads a record.</summary>
    /// <returns>The values, [count, dimensions], in the first part of an array that is put in the place of a shorter one.</returns>
    /// <exception cref="CorruptException">It is none that <see cref="Encode"/> made, or of vectors of another length.</exception>
    public static ReadOnlySpan<float> Decode(ReadOnlySpan<byte> data, long chunk, int dimensions, string location, ref float[] buffer)
    {
        ReadOnlySpan<Half> halves = Values(data, chunk, dimensions, location);
        if (buffer.Length < halves.Length)
        {
            buffer = new float[halves.Length];
        }

        Span<float> values = buffer.AsSpan(0, halves.Length);
        TensorPrimitives.ConvertToSingle(halves, values);
        return values.IsEmpty || float.IsFinite(TensorPrimitives.MaxMagnitude((ReadOnlySpan<float>)values)) ? values : throw SqliteErrors.Damaged(location, "holds a damaged record");
    }
}
