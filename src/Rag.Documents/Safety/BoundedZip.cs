using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// Reads a zip archive (APPNOTE.TXT 6.3.10) that came from outside. Bytes are counted while they inflate, over the whole archive;
/// an entry whose length or checksum differs from the directory's is refused, never cut; entry names are only compared, no file is
/// ever made from one. Zip64 and archives in several files are not read.
/// </summary>
internal sealed class BoundedZip
{
    private const int EndRecordLength = 22;
    private readonly ReadOnlyMemory<byte> _content;
    private readonly string _location;
    private readonly ByteBudget _inflated;
    private readonly Dictionary<string, BoundedZipEntry> _entries = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the directory.</summary>
    /// <exception cref="CorruptException">The directory is missing or damaged, or two entries share a name.</exception>
    /// <exception cref="LimitExceededException">There are more than <paramref name="maxEntries"/> entries.</exception>
    public BoundedZip(ReadOnlyMemory<byte> content, string location, long maxInflatedBytes, int maxEntries)
    {
        _content = content;
        _location = location;
        _inflated = new ByteBudget("MaxInflatedBytes", maxInflatedBytes, location);
        ReadDirectory(maxEntries);
    }

    /// <summary>The names of all entries.</summary>
    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>Whether there is such an entry; names differ in more than case.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Opens an entry. Reading to the end checks its length and checksum.</summary>
    /// <exception cref="CorruptException">There is no such entry, or its header is damaged.</exception>
    /// <exception cref="UnsupportedException">The entry is encrypted or packed in a way other than stored and deflate.</exception>
    public Stream Open(string name)
    {
        if (!_entries.TryGetValue(name, out BoundedZipEntry entry))
        {
            throw Corrupt($"the part {name} is missing", 0);
        }

        if (entry.IsEncrypted)
        {
            throw new UnsupportedException($"{_location} is encrypted and cannot be read; save it without a password.", _location);
        }

        ReadOnlySpan<byte> content = _content.Span;
        if (entry.HeaderOffset + 30 > content.Length || BinaryPrimitives.ReadUInt32LittleEndian(content[(int)entry.HeaderOffset..]) != 0x04034b50)
        {
            throw Corrupt($"the part {name} does not begin where the archive's directory says", entry.HeaderOffset);
        }

        ReadOnlySpan<byte> header = content[(int)entry.HeaderOffset..];
        long start = entry.HeaderOffset + 30 + BinaryPrimitives.ReadUInt16LittleEndian(header[26..]) + BinaryPrimitives.ReadUInt16LittleEndian(header[28..]);
        if (start + entry.CompressedLength > content.Length)
        {
            throw Corrupt($"the part {name} goes past the end of the file", entry.HeaderOffset);
        }

        Stream packed = AsStream(_content.Slice((int)start, (int)entry.CompressedLength));
        Stream plain = entry.Method switch
        {
            0 => packed,
            8 => new DeflateStream(packed, CompressionMode.Decompress),
            _ => throw new UnsupportedException($"{_location}: the part {name} is packed with method {entry.Method}; only stored and deflated parts are read.", _location),
        };
        return new BoundedZipStream(plain, entry, _inflated, _location);
    }

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false);

    private void ReadDirectory(int maxEntries)
    {
        ReadOnlySpan<byte> content = _content.Span;
        int end = FindEndRecord(content);
        ReadOnlySpan<byte> record = content[end..];
        int count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        if (count == ushort.MaxValue || offset == uint.MaxValue)
        {
            // The mark of a zip64 archive: at least that many entries, or as many bytes.
            throw count == ushort.MaxValue && count > maxEntries
                ? new LimitExceededException("MaxEntries", maxEntries, count, _location)
                : new UnsupportedException($"{_location} is a zip64 archive, which is not read.", _location);
        }

        if (count > maxEntries)
        {
            throw new LimitExceededException("MaxEntries", maxEntries, count, _location);
        }

        for (int i = 0; i < count; i++)
        {
            if (offset < 0 || offset + 46 > end || BinaryPrimitives.ReadUInt32LittleEndian(content[(int)offset..]) != 0x02014b50)
            {
                throw Corrupt("the archive's directory is damaged", offset);
            }

            ReadOnlySpan<byte> entry = content[(int)offset..end];
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry[28..]);
            int tail = BinaryPrimitives.ReadUInt16LittleEndian(entry[30..]) + BinaryPrimitives.ReadUInt16LittleEndian(entry[32..]);
            if (46 + nameLength + tail > entry.Length)
            {
                throw Corrupt("the archive's directory is damaged", offset);
            }

            string name = Encoding.UTF8.GetString(entry.Slice(46, nameLength)).Replace('\\', '/').TrimStart('/');
            var found = new BoundedZipEntry(
                name,
                BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]),
                BinaryPrimitives.ReadUInt16LittleEndian(entry[10..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[20..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[24..]),
                BinaryPrimitives.ReadUInt32LittleEndian(entry[42..]));
            if (!_entries.TryAdd(name, found))
            {
                throw Corrupt($"two of its parts are named {name}", offset);
            }

            offset += 46 + nameLength + tail;
        }
    }

    private int FindEndRecord(ReadOnlySpan<byte> content)
    {
        // The record stands at the end, before a comment of at most 65,535 bytes.
        int first = Math.Max(0, content.Length - EndRecordLength - ushort.MaxValue);
        int at = content.Length < EndRecordLength ? -1 : content[first..].LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || first + at + EndRecordLength > content.Length)
        {
            throw Corrupt("the archive's directory is missing; the file was perhaps cut short", content.Length);
        }

        return first + at;
    }

    private CorruptException Corrupt(string what, long offset) => new($"{_location} is damaged: {what}.", _location, offset);
}
