using System.Buffers.Binary;
using System.Security.Cryptography;
using Rag.Index.Vectors.Rows;

namespace Rag.Index.Vectors.Caching;

/// <summary>
/// The first part of a cache file: a mark, the SHA-256 of everything after it in the header, what the file was made from and how,
/// and a CRC-32C for each block of the rest. The rest: rows, keys, lists of the lowest layer, levels, lists of the upper layers.
/// </summary>
internal sealed record VectorCacheHeader
{
    /// <summary>Bytes of a block that has a checksum.</summary>
    public const int BlockLength = 1 << 20;

    public const int StampLength = 32;

    private const int FormatVersion = 1;
    private const int FieldsLength = 80;
    private const int Alignment = 4096;

    private static ReadOnlySpan<byte> Mark => "RagVecs1"u8;

    public required long Generation { get; init; }

    public required long Removals { get; init; }

    public required RowFormat Format { get; init; }

    public required int M { get; init; }

    public required int EfConstruction { get; init; }

    public required ulong Seed { get; init; }

    public required int Count { get; init; }

    public required int EntryRow { get; init; }

    public required int EntryLevel { get; init; }

    /// <summary>Numbers in the upper layers' lists.</summary>
    public required long UpperLength { get; init; }

    /// <summary>A checksum for each block.</summary>
    public uint[] Checksums { get; init; } = [];

    public int HeaderLength => (Mark.Length + StampLength + FieldsLength + (Blocks * sizeof(uint)) + Alignment - 1) / Alignment * Alignment;

    public long RowsLength => (long)Count * Format.Stride;

    public long KeysLength => (long)Count * sizeof(long);

    public long LinksLength => (long)Count * ((2 * M) + 1) * sizeof(int);

    // So that what follows is aligned.
    public long LevelsLength => (Count + 7) & ~7L;

    public long PayloadLength => RowsLength + KeysLength + LinksLength + LevelsLength + (UpperLength * sizeof(int));

    public int Blocks => checked((int)((PayloadLength + BlockLength - 1) / BlockLength));

    /// <summary>The header's bytes; the stamp is among them.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[HeaderLength];
        Mark.CopyTo(bytes);
        Span<byte> rest = bytes.AsSpan(Mark.Length + StampLength);
        BinaryPrimitives.WriteInt32LittleEndian(rest, FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(rest[4..], Generation);
        BinaryPrimitives.WriteInt64LittleEndian(rest[12..], Removals);
        BinaryPrimitives.WriteInt32LittleEndian(rest[20..], Format.Form.Dimensions);
        BinaryPrimitives.WriteInt32LittleEndian(rest[24..], (int)Format.Form.Metric);
        BinaryPrimitives.WriteInt32LittleEndian(rest[28..], (int)Format.Precision);
        BinaryPrimitives.WriteInt32LittleEndian(rest[32..], M);
        BinaryPrimitives.WriteInt32LittleEndian(rest[36..], EfConstruction);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[40..], Seed);
        BinaryPrimitives.WriteInt32LittleEndian(rest[48..], Count);
        BinaryPrimitives.WriteInt32LittleEndian(rest[52..], EntryRow);
        BinaryPrimitives.WriteInt32LittleEndian(rest[56..], EntryLevel);
        BinaryPrimitives.WriteInt64LittleEndian(rest[60..], UpperLength);
        for (int i = 0; i < Checksums.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(rest[(FieldsLength + (i * sizeof(uint)))..], Checksums[i]);
        }

        SHA256.HashData(rest, bytes.AsSpan(Mark.Length, StampLength));
        return bytes;
    }

    /// <summary>The stamp within a header's bytes.</summary>
    public static byte[] StampOf(ReadOnlySpan<byte> header) => header.Slice(Mark.Length, StampLength).ToArray();

    /// <summary>Reads a header that is the one asked for and fits a file of this length; null otherwise.</summary>
    public static VectorCacheHeader? Parse(ReadOnlySpan<byte> start, long fileLength, ReadOnlySpan<byte> stamp, RowFormat format)
    {
        if (start.Length < Mark.Length + StampLength + FieldsLength || !start.StartsWith(Mark) || !start.Slice(Mark.Length, StampLength).SequenceEqual(stamp))
        {
            return null;
        }

        ReadOnlySpan<byte> rest = start[(Mark.Length + StampLength)..];
        VectorCacheHeader header = new()
        {
            Generation = BinaryPrimitives.ReadInt64LittleEndian(rest[4..]),
            Removals = BinaryPrimitives.ReadInt64LittleEndian(rest[12..]),
            Format = format,
            M = BinaryPrimitives.ReadInt32LittleEndian(rest[32..]),
            EfConstruction = BinaryPrimitives.ReadInt32LittleEndian(rest[36..]),
            Seed = BinaryPrimitives.ReadUInt64LittleEndian(rest[40..]),
            Count = BinaryPrimitives.ReadInt32LittleEndian(rest[48..]),
            EntryRow = BinaryPrimitives.ReadInt32LittleEndian(rest[52..]),
            EntryLevel = BinaryPrimitives.ReadInt32LittleEndian(rest[56..]),
            UpperLength = BinaryPrimitives.ReadInt64LittleEndian(rest[60..]),
        };
        bool fits = BinaryPrimitives.ReadInt32LittleEndian(rest) == FormatVersion
            && BinaryPrimitives.ReadInt32LittleEndian(rest[20..]) == format.Form.Dimensions
            && BinaryPrimitives.ReadInt32LittleEndian(rest[24..]) == (int)format.Form.Metric
            && BinaryPrimitives.ReadInt32LittleEndian(rest[28..]) == (int)format.Precision
            && header.M is >= 2 and <= 256 && header.Count > 0 && header.UpperLength >= 0 && header.UpperLength <= fileLength / sizeof(int)
            && header.PayloadLength + header.HeaderLength == fileLength && header.HeaderLength <= start.Length;
        if (!fits || !SHA256.HashData(rest[..(header.HeaderLength - Mark.Length - StampLength)]).AsSpan().SequenceEqual(stamp))
        {
            return null;
        }

        uint[] checksums = new uint[header.Blocks];
        for (int i = 0; i < checksums.Length; i++)
        {
            checksums[i] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(FieldsLength + (i * sizeof(uint)))..]);
        }

        return header with { Checksums = checksums };
    }
}
