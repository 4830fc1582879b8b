using System.Buffers;
using System.Buffers.Binary;

namespace Rag.Index.Storage.Sums;

/// <summary>
/// What a database's file was when its writer closed it: the generation and checksum of its state, its length, a CRC-32C of each
/// megabyte. As a file: "RagSums1", the three numbers, the checksums, and a CRC-32C of all that, everything little-endian.
/// </summary>
/// <param name="Generation">Commits that it holds.</param>
/// <param name="State">Checksum of its state.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Checksums">Of each region of <see cref="RegionLength"/> bytes, the last one shorter.</param>
internal sealed record FileSums(long Generation, int State, long Length, uint[] Checksums)
{
    /// <summary>Bytes that one checksum covers.</summary>
    public const int RegionLength = 1 << 20;

    private const int HeadLength = 28;

    private static ReadOnlySpan<byte> Magic => "RagSums1"u8;

    /// <summary>Reads the file's content; null where it is anything but what <see cref="ToBytes"/> made.</summary>
    public static FileSums? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeadLength + sizeof(uint) || !bytes.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) != BlobReader.Checksum(bytes[..^sizeof(uint)]))
        {
            return null;
        }

        long generation = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]), length = BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]);
        int state = BinaryPrimitives.ReadInt32LittleEndian(bytes[24..]);
        ReadOnlySpan<byte> rest = bytes[HeadLength..^sizeof(uint)];
        if (length < 0 || rest.Length != Regions(length) * sizeof(uint))
        {
            return null;
        }

        uint[] checksums = new uint[rest.Length / sizeof(uint)];
        for (int i = 0; i < checksums.Length; i++)
        {
            checksums[i] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(i * sizeof(uint))..]);
        }

        return new(generation, state, length, checksums);
    }

    /// <summary>Reads a whole database file.</summary>
    public static FileSums Compute(DatabaseBytes bytes, IndexState state)
    {
        uint[] checksums = new uint[Regions(bytes.Length)];
        for (int i = 0; i < checksums.Length; i++)
        {
            checksums[i] = Checksum(bytes, i);
        }

        return new(state.Generation, state.Seal.Value, bytes.Length, checksums);
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeadLength + ((Checksums.Length + 1) * sizeof(uint))];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), Generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), State);
        for (int i = 0; i < Checksums.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(HeadLength + (i * sizeof(uint))), Checksums[i]);
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - sizeof(uint)), BlobReader.Checksum(bytes.AsSpan(..^sizeof(uint))));
        return bytes;
    }

    /// <summary>Whether this is of a commit.</summary>
    public bool IsOf(IndexState state) => (state.Generation, state.Seal.Value) == (Generation, State);

    /// <summary>Where a file is not what it was, in words; null where it is.</summary>
    public string? FirstDifference(DatabaseBytes bytes)
    {
        if (bytes.Length != Length)
        {
            return $"is {bytes.Length} bytes long where its writer left {Length}";
        }

        for (int i = 0; i < Checksums.Length; i++)
        {
            if (Checksum(bytes, i) != Checksums[i])
            {
                long first = (long)i * RegionLength, last = Math.Min(Length, first + RegionLength) - 1;
                return $"is damaged somewhere in bytes {first} to {last}: their checksum is not the one that its writer left";
            }
        }

        return null;
    }

    private static long Regions(long length) => (length + RegionLength - 1) / RegionLength;

    private static uint Checksum(DatabaseBytes bytes, int region)
    {
        long first = (long)region * RegionLength;
        int length = (int)Math.Min(RegionLength, bytes.Length - first);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            bytes.Read(first, buffer.AsSpan(0, length));
            return BlobReader.Checksum(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
