using System.Buffers;
using System.Buffers.Binary;

namespace Rag.Index.Storage;

/// <summary>Writes a blob for the database: variable-length numbers (7 bits a byte, low first), bytes, and a checksum at the end.</summary>
internal sealed class BlobWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new(256);

    /// <summary>Bytes written so far.</summary>
    public int Length => _buffer.WrittenCount;

    public void Number(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        Span<byte> bytes = _buffer.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
        {
            bytes[length++] = (byte)(value | 0x80);
        }

        bytes[length++] = (byte)value;
        _buffer.Advance(length);
    }

    public void Bytes(ReadOnlySpan<byte> bytes) => _buffer.Write(bytes);

    /// <summary>Puts the checksum of a blob at its end, in place of what is there.</summary>
    public static void Seal(Span<byte> blob, uint seed) =>
        BinaryPrimitives.WriteUInt32LittleEndian(blob[^sizeof(uint)..], BlobReader.Checksum(blob[..^sizeof(uint)], seed));

    /// <summary>The blob with its checksum; the writer is empty again.</summary>
    /// <param name="seed">What the checksum begins with (<see cref="RowSeal.Seed"/>).</param>
    public byte[] ToBlob(uint seed = 0)
    {
        byte[] blob = new byte[_buffer.WrittenCount + sizeof(uint)];
        _buffer.WrittenSpan.CopyTo(blob);
        Seal(blob, seed);
        _buffer.ResetWrittenCount();
        return blob;
    }
}
