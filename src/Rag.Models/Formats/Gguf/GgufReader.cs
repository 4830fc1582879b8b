using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Rag.Models.Formats.Gguf;

/// <summary>
/// Reads the fields of a GGUF header one after another, in the byte order of the file. Nothing is allocated or skipped before
/// it is known to lie within the file; every fault names file, field and offset.
/// </summary>
internal sealed class GgufReader
{
    /// <summary>How much is read at once, unless said otherwise.</summary>
    public const int BufferBytes = 1 << 16;
    private const int MaxTextBytes = 1 << 28;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly SafeFileHandle _handle;
    private readonly byte[] _buffer;
    private long _bufferStart;
    private int _bufferLength;

    public GgufReader(SafeFileHandle handle, string path, int bufferBytes = BufferBytes)
    {
        (_handle, Path, Length) = (handle, path, RandomAccess.GetLength(handle));
        _buffer = new byte[(int)Math.Min(bufferBytes, Length)];
    }

    public string Path { get; }

    /// <summary>The length of the file.</summary>
    public long Length { get; }

    /// <summary>Where the next field begins.</summary>
    public long Position { get; set; }

    /// <summary>Whether numbers are stored most significant byte first.</summary>
    public bool BigEndian { get; set; }

    public long Remaining => Length - Position;

    public byte Byte(string field) => Take(1, field)[0];

    public ushort UInt16(string field)
    {
        ReadOnlySpan<byte> bytes = Take(2, field);
        return BigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public uint UInt32(string field)
    {
        ReadOnlySpan<byte> bytes = Take(4, field);
        return BigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    public ulong UInt64(string field)
    {
        ReadOnlySpan<byte> bytes = Take(8, field);
        return BigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>A number of entries that take at least so many bytes each, which the rest of the file can hold.</summary>
    public long Count(string field, int leastBytes, string of)
    {
        long at = Position;
        ulong count = UInt64(field);
        return count <= (ulong)Remaining / (ulong)leastBytes
            ? (long)count
            : throw Corrupt(field, at, $"is {count}, but the {Remaining} bytes that follow cannot hold so many {of}");
    }

    /// <summary>A text: its length in bytes, then UTF-8.</summary>
    public string Text(string field, long mostBytes = MaxTextBytes)
    {
        long at = Position;
        long length = Count(field, 1, "bytes of text");
        if (length > mostBytes)
        {
            throw Corrupt(field, at, $"is {length} bytes long, more than {mostBytes}");
        }

        try
        {
            return length <= _buffer.Length ? StrictUtf8.GetString(Take((int)length, field)) : LongText((int)length);
        }
        catch (DecoderFallbackException e)
        {
            throw new CorruptException(Sentence(field, at, "is not UTF-8"), Path, at, e);
        }
    }

    /// <summary>Passes over bytes that must be there.</summary>
    public void Skip(long count, string field)
    {
        if (count > Remaining)
        {
            throw Ends(field);
        }

        Position += count;
    }

    /// <summary>The error of a field that breaks the format.</summary>
    public CorruptException Corrupt(string field, long offset, string what) => new(Sentence(field, offset, what), Path, offset);

    /// <summary>The error of a field that says what is not read here.</summary>
    public UnsupportedException Unsupported(string field, long offset, string what) => new(Sentence(field, offset, what), Path);

    private string Sentence(string field, long offset, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path}: {field} at byte {offset} {what}.");

    private CorruptException Ends(string field) => Corrupt(field, Position, $"lies past the end of the file, which has {Length} bytes");

    private string LongText(int length)
    {
        byte[] bytes = new byte[length];
        for (int done = 0; done < length;)
        {
            int piece = Math.Min(_buffer.Length, length - done);
            Take(piece, "a text").CopyTo(bytes.AsSpan(done));
            done += piece;
        }

        return StrictUtf8.GetString(bytes);
    }

    private ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count > Remaining)
        {
            throw Ends(field);
        }

        if (Position < _bufferStart || Position + count > _bufferStart + _bufferLength)
        {
            Fill();
            if (count > _bufferLength)
            {
                throw Ends(field);
            }
        }

        ReadOnlySpan<byte> bytes = _buffer.AsSpan((int)(Position - _bufferStart), count);
        Position += count;
        return bytes;
    }

    private void Fill()
    {
        (_bufferStart, _bufferLength) = (Position, 0);
        while (_bufferLength < _buffer.Length)
        {
            int read = RandomAccess.Read(_handle, _buffer.AsSpan(_bufferLength), _bufferStart + _bufferLength);
            if (read == 0)
            {
                return;
            }

            _bufferLength += read;
        }
    }
}
