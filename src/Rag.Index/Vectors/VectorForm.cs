using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>What the vectors of an index are: how many values, how compared; and their form in the database.</summary>
/// <param name="Dimensions">Length of a vector.</param>
/// <param name="Metric">With <see cref="VectorMetric.Cosine"/> vectors have length 1, so that the cosine is the inner product.</param>
internal readonly record struct VectorForm(int Dimensions, VectorMetric Metric)
{
    /// <summary>How far the squared length of a stored vector of length 1 may be from that.</summary>
    private const float Tolerance = 1e-3f;

    /// <summary>How far rounding its values to single precision can move the squared length of a vector from 1, with room.</summary>
    private const double Rounding = 1e-6;

    /// <summary>The greatest squared length: products and distances of such vectors stay finite in single precision.</summary>
    private const double LongestSquare = 1e30;

    public VectorForm(EmbeddingIdentity embedding)
        : this(embedding.Dimensions, embedding.Metric)
    {
    }

    /// <summary>Makes a vector ready to be stored or compared.</summary>
    /// <returns>What is wrong with the vector, or null.</returns>
    public string? Prepare(ReadOnlySpan<float> vector, Span<float> prepared)
    {
        if (vector.Length != Dimensions)
        {
            return $"has {vector.Length} values where the index holds {Dimensions}";
        }

        // In double precision no finite float vector overflows or vanishes.
        double square = 0;
        foreach (float value in vector)
        {
            if (!float.IsFinite(value))
            {
                return "holds a value that is not a finite number";
            }

            square += (double)value * value;
        }

        if (Metric != VectorMetric.Cosine)
        {
            vector.CopyTo(prepared);
            return square <= LongestSquare ? null : "is so long that its products overflow";
        }

        if (square == 0)
        {
            return "is all zeros and has no direction";
        }

        // A vector that has length 1 but for rounding is kept as it is, so that storing a stored one again changes no bit.
        if (Math.Abs(square - 1) < Rounding)
        {
            vector.CopyTo(prepared);
            return null;
        }

        double scale = 1 / Math.Sqrt(square);
        for (int i = 0; i < vector.Length; i++)
        {
            prepared[i] = (float)(vector[i] * scale);
        }

        return null;
    }

    /// <summary>The stored form: the values, little-endian, and a checksum.</summary>
    public static byte[] Encode(ReadOnlySpan<float> prepared)
    {
        int length = prepared.Length * sizeof(float);
        byte[] blob = new byte[length + sizeof(uint)];
        MemoryMarshal.AsBytes(prepared).CopyTo(blob);
        BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(length), BlobReader.Checksum(blob.AsSpan(0, length)));
        return blob;
    }

    /// <summary>Reads the stored form; whatever <see cref="Prepare"/> would not have made is refused.</summary>
    /// <exception cref="CorruptException">The blob is damaged.</exception>
    public void Decode(ReadOnlySpan<byte> blob, Span<float> prepared, string location, uint seed = 0)
    {
        BlobReader reader = new(blob, location, seed);
        ReadOnlySpan<byte> bytes = reader.Remaining();
        if (bytes.Length != prepared.Length * sizeof(float))
        {
            throw reader.Damaged();
        }

        bytes.CopyTo(MemoryMarshal.AsBytes(prepared));
        float square = TensorPrimitives.SumOfSquares((ReadOnlySpan<float>)prepared);
        if (Metric == VectorMetric.Cosine ? !(Math.Abs(square - 1) < Tolerance) : !(square <= 2 * LongestSquare))
        {
            throw reader.Damaged();
        }
    }

    /// <summary>The score of two prepared vectors in single precision.</summary>
    public float Score(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (Metric != VectorMetric.L2)
        {
            return TensorPrimitives.Dot(a, b);
        }

        float distance = TensorPrimitives.Distance(a, b);
        return -(distance * distance);
    }
}
