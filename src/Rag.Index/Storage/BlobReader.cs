using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Rag.Index.Storage;

/// <summary>
/// Reads a blob of the database: variable-length numbers and bytes, after checking the CRC-32C that <see cref="BlobWriter"/> put at
/// its end. Whatever does not fit throws <see cref="CorruptException"/>; nothing is allocated by a number that was read.
/// </summary>
internal ref struct BlobReader
{
    private readonly string _location;
    private ReadOnlySpan<byte> _rest;

    /// <param name="blob">What is stored.</param>
    /// <param name="location">The database, for errors.</param>
    /// <param name="seed">What its checksum begins with (<see cref="RowSeal.Seed"/>).</param>
    public BlobReader(ReadOnlySpan<byte> blob, string location, uint seed = 0)
    {
        _location = location;
        _rest = blob.Length >= sizeof(uint) ? blob[..^sizeof(uint)] : throw Damaged();
        if (BinaryPrimitives.ReadUInt32LittleEndian(blob[^sizeof(uint)..]) != Checksum(_rest, seed))
        {
            throw Damaged();
        }
    }

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>CRC-32C of some bytes (Castagnoli polynomial, initial value and final inversion all ones).</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="seed">The checksum of what comes before them; 0 for nothing.</param>
    public static uint Checksum(ReadOnlySpan<byte> bytes, uint seed = 0)
    {
        uint crc = ~seed;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, word);
        }

        foreach (byte last in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }

    /// <summary>The next number, at least 0.</summary>
    public long Number()
    {
        // Most fit a byte.
        if (!_rest.IsEmpty && _rest[0] < 0x80)
        {
            byte only = _rest[0];
            _rest = _rest[1..];
            return only;
        }

        ulong value = 0;
        for (int i = 0, shift = 0; i < _rest.Length && shift < 63; i++, shift += 7)
        {
            byte part = _rest[i];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return (long)value;
            }
        }

        throw Damaged();
    }

    /// <summary>The next number where it must fit an int.</summary>
    public int Count()
    {
        long value = Number();
        return value <= int.MaxValue ? (int)value : throw Damaged();
    }

    /// <summary>The next number where it must not pass a limit.</summary>
    public int Small(int most)
    {
        long value = Number();
        return value <= most ? (int)value : throw Damaged();
    }

    /// <summary>The next bytes.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> bytes = _rest[..count];
        _rest = _rest[count..];
        return bytes;
    }

    /// <summary>All bytes that are left.</summary>
    public ReadOnlySpan<byte> Remaining() => Bytes(_rest.Length);

    /// <summary>The exception for content that cannot be right.</summary>
    public readonly CorruptException Damaged() => SqliteErrors.Damaged(_location, "holds a damaged record");
}
