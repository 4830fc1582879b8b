using System.Buffers.Binary;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Index.Storage;

namespace Rag.Index.Vectors;

/// <summary>Vectors of length 1, so that cosine similarity is the dot product; and their form in the database.</summary>
internal static class UnitVector
{
    /// <summary>How far the squared length of a stored vector may be from 1.</summary>
    private const float Tolerance = 1e-3f;

    /// <summary>How far rounding to floats may take the squared length of a unit vector from 1.</summary>
    private const double RoundingError = 2.5e-7;

    /// <summary>Divides a vector by its length.</summary>
    /// <returns>What is wrong with the vector, or null.</returns>
    public static string? Normalize(ReadOnlySpan<float> vector, int dimensions, Span<float> unit)
    {
        if (vector.Length != dimensions)
        {
            return $"has {vector.Length} values where the index holds {dimensions}";
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

        if (square == 0)
        {
            return "is all zeros and has no direction";
        }

        // A vector that was divided before stays as it is, bit by bit: what was exported comes back equal.
        double scale = Math.Abs(square - 1) < RoundingError ? 1 : 1 / Math.Sqrt(square);
        for (int i = 0; i < vector.Length; i++)
        {
            unit[i] = (float)(vector[i] * scale);
        }

        return null;
    }

    /// <summary>The stored form: the values, little-endian, and a checksum.</summary>
    public static byte[] Encode(ReadOnlySpan<float> unit)
    {
        int length = unit.Length * sizeof(float);
        byte[] blob = new byte[length + sizeof(uint)];
        MemoryMarshal.AsBytes(unit).CopyTo(blob);
        BinaryPrimitives.WriteUInt32LittleEndian(blob.AsSpan(length), BlobReader.Checksum(blob.AsSpan(0, length)));
        return blob;
    }

    /// <summary>Reads the stored form; whatever is not a unit vector of the right length is refused.</summary>
    /// <exception cref="CorruptException">The blob is damaged.</exception>
    public static void Decode(ReadOnlySpan<byte> blob, Span<float> unit, string location)
    {
        BlobReader reader = new(blob, location);
        ReadOnlySpan<byte> bytes = reader.Remaining();
        if (bytes.Length != unit.Length * sizeof(float))
        {
            throw reader.Damaged();
        }

        bytes.CopyTo(MemoryMarshal.AsBytes(unit));
        if (!(Math.Abs(TensorPrimitives.SumOfSquares((ReadOnlySpan<float>)unit) - 1) < Tolerance))
        {
            throw reader.Damaged();
        }
    }
}
