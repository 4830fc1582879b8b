using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rag.Documents;

namespace Rag.Chunking;

/// <summary>Deterministic chunk ids: equal document, content, range and chunker give the equal id on every machine.</summary>
internal static class ChunkId
{
    /// <summary>The first 128 bits of SHA-256 over the parts, lower-case hexadecimal.</summary>
    public static string Of(Document document, TextRange range, string fingerprint)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, document.Id);
        Append(hash, document.ContentHash);
        Append(hash, fingerprint);
        Span<byte> numbers = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(numbers, range.Start);
        BinaryPrimitives.WriteInt32LittleEndian(numbers[4..], range.End);
        hash.AppendData(numbers);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return Convert.ToHexStringLower(digest[..16]);
    }

    private static void Append(IncrementalHash hash, string part)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
