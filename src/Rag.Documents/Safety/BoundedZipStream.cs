namespace Rag.Documents;

/// <summary>The plain bytes of one entry: counted, and at the end compared with what the directory said of them.</summary>
internal sealed class BoundedZipStream(Stream plain, BoundedZipEntry entry, ByteBudget budget, string location) : Stream
{
    private long _read;
    private uint _crc;
    private bool _checked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int count;
        try
        {
            count = plain.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new CorruptException($"{location} is damaged: the part {entry.Name} cannot be inflated.", location, entry.HeaderOffset, e);
        }

        budget.Take(count);
        _read += count;
        _crc = Crc32.Append(_crc, buffer[..count]);
        if (_read > entry.Length || (count == 0 && buffer.Length > 0 && !_checked))
        {
            Check();
        }

        return count;
    }

    /// <summary>Reads what is left, so that a part of which not all was needed is checked too.</summary>
    public void Drain()
    {
        var rest = new byte[8192];
        while (Read(rest) > 0)
        {
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            plain.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Check()
    {
        _checked = true;
        if (_read != entry.Length)
        {
            throw new CorruptException(
                $"{location} is damaged: the part {entry.Name} is said to be {entry.Length} bytes long and is {(_read > entry.Length ? "longer" : $"{_read}")}.",
                location,
                entry.HeaderOffset);
        }

        if (_crc != entry.Crc)
        {
            throw new CorruptException($"{location} is damaged: the checksum of the part {entry.Name} does not fit its content.", location, entry.HeaderOffset);
        }
    }
}
