namespace Rag.Documents;

/// <summary>The plain bytes of one entry: counted, and at the end compared with what the directory said of them.</summary>
internal sealed class BoundedZipStream(Stream plain, BoundedZipEntry entry, ByteBudget budget, string location) : ForwardStream(plain)
{
    private uint _crc;
    private bool _checked;

    public override int Read(Span<byte> buffer)
    {
        int count;
        try
        {
            count = Source.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw new CorruptException($"{location} is damaged: the part {entry.Name} cannot be inflated.", location, entry.HeaderOffset, e);
        }

        budget.Take(count);
        BytesRead += count;
        _crc = Crc32.Append(_crc, buffer[..count]);
        if (BytesRead > entry.Length || (count == 0 && buffer.Length > 0 && !_checked))
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

    private void Check()
    {
        _checked = true;
        if (BytesRead != entry.Length)
        {
            throw new CorruptException(
                $"{location} is damaged: the part {entry.Name} is said to be {entry.Length} bytes long and is {(BytesRead > entry.Length ? "longer" : $"{BytesRead}")}.",
                location,
                entry.HeaderOffset);
        }

        if (_crc != entry.Crc)
        {
            throw new CorruptException($"{location} is damaged: the checksum of the part {entry.Name} does not fit its content.", location, entry.HeaderOffset);
        }
    }
}
