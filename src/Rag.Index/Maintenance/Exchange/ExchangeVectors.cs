using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Rag.Index.Maintenance.Exchange;

/// <summary>Vectors as the lines of an export have them; what comes from a file is checked against the manifest's models.</summary>
internal static class ExchangeVectors
{
    public static string Write(SparseVector vector) =>
        Convert.ToBase64String([.. MemoryMarshal.AsBytes(vector.Ids), .. MemoryMarshal.AsBytes(vector.Weights)]);

    public static string Write(ReadOnlySpan<Half> tokens) => Convert.ToBase64String(MemoryMarshal.AsBytes(tokens));

    /// <exception cref="FormatException">It is no vector of the model.</exception>
    public static ReadOnlyMemory<float> ReadDense(ExchangeChunk chunk, EmbeddingIdentity model) =>
        Bytes(chunk.Vector) is { } bytes && bytes.Length == (long)model.Dimensions * sizeof(float)
            ? MemoryMarshal.Cast<byte, float>(bytes).ToArray()
            : throw new FormatException($"The vector of chunk {chunk.Id} is not {model.Dimensions} 32-bit floats as Base64");

    /// <exception cref="FormatException">It is no sparse vector of the model.</exception>
    public static SparseVector ReadSparse(ExchangeChunk chunk, EmbeddingIdentity model)
    {
        if (Bytes(chunk.Sparse) is not { } bytes || bytes.Length % (sizeof(int) + sizeof(float)) != 0)
        {
            throw new FormatException($"The sparse vector of chunk {chunk.Id} is not places and weights as Base64");
        }

        ReadOnlySpan<byte> places = bytes.AsSpan(0, bytes.Length / 2), weights = bytes.AsSpan(bytes.Length / 2);
        SparseVector vector = new(MemoryMarshal.Cast<byte, int>(places), MemoryMarshal.Cast<byte, float>(weights));
        return VectorKinds.Fault(vector, model) is { } fault ? throw new FormatException($"The sparse vector of chunk {chunk.Id} {fault}") : vector;
    }

    /// <exception cref="FormatException">They are no token vectors of the model.</exception>
    public static MultiVector ReadTokens(ExchangeChunk chunk, EmbeddingIdentity model)
    {
        if (Bytes(chunk.Tokens) is not { } bytes || bytes.Length % (sizeof(ushort) * (long)model.Dimensions) != 0)
        {
            throw new FormatException($"The token vectors of chunk {chunk.Id} are not 16-bit floats, {model.Dimensions} for each, as Base64");
        }

        float[] values = new float[bytes.Length / sizeof(ushort)];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(bytes), values);
        MultiVector vectors = new(values, model.Dimensions);
        return VectorKinds.Fault(vectors, model) is { } fault ? throw new FormatException($"The token vectors of chunk {chunk.Id} {fault}") : vectors;
    }

    // Memory grows with the text that is there.
    private static byte[]? Bytes(string? base64)
    {
        if (base64 is null || base64.Length % 4 != 0)
        {
            return null;
        }

        byte[] bytes = new byte[base64.Length / 4 * 3];
        return Convert.TryFromBase64String(base64, bytes, out int written) ? bytes[..written] : null;
    }
}
