namespace Rag.Documents;

/// <summary>What an archive's directory says of one entry; nothing of it is believed until the bytes agree.</summary>
internal readonly record struct BoundedZipEntry(string Name, ushort Flags, ushort Method, uint Crc, long CompressedLength, long Length, long HeaderOffset)
{
    public bool IsEncrypted => (Flags & 1) != 0;
}
