using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Rag.Index.Storage;

/// <summary>
/// The checksum of a row: CRC-32C of its table, its key and its values, so that a changed one is noticed, and so is one that stands
/// under another key. Blobs, which carry a checksum of their own (<see cref="BlobWriter"/>), begin it with their table and key.
/// </summary>
internal readonly struct RowSeal
{
    private readonly uint _sum;

    private RowSeal(uint sum) => _sum = sum;

    /// <summary>The checksum; signed, since SQLite stores a number of 32 bits shorter so.</summary>
    public int Value => (int)_sum;

    /// <summary>What the checksum of a row or blob begins with.</summary>
    public static RowSeal Of(StoredTable table, long key) => new RowSeal((uint)table).Add(key);

    /// <summary>What the checksum of a blob begins with.</summary>
    public static uint Seed(StoredTable table, long key) => (uint)Of(table, key).Value;

    public RowSeal Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return new(BlobReader.Checksum(bytes, _sum));
    }

    public RowSeal Add(long? value) => Add(value ?? long.MinValue);

    public RowSeal Add(ReadOnlySpan<byte> bytes) => new(BlobReader.Checksum(bytes, Add(bytes.Length)._sum));

    public RowSeal Add(string? text) => text is null ? Add(-1) : new(BlobReader.Checksum(MemoryMarshal.AsBytes(text.AsSpan()), Add(text.Length)._sum));

    /// <summary>Throws where a row does not have this checksum.</summary>
    public void Check(long stored, string location)
    {
        if (stored != Value)
        {
            throw SqliteErrors.Damaged(location, "holds a damaged row");
        }
    }
}
