using Rag.Index.Storage;

namespace Rag.Index.Vectors.Caching;

/// <summary>Writes to a stream in blocks, with a checksum for each.</summary>
internal sealed class ChecksummedWriter(Stream stream)
{
    private readonly byte[] _block = new byte[VectorCacheHeader.BlockLength];
    private readonly List<uint> _checksums = [];
    private int _length;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int part = Math.Min(bytes.Length, _block.Length - _length);
            bytes[..part].CopyTo(_block.AsSpan(_length));
            _length += part;
            bytes = bytes[part..];
            if (_length == _block.Length)
            {
                Flush();
            }
        }
    }

    /// <summary>Writes what is left.</summary>
    /// <returns>The checksums.</returns>
    public uint[] Finish()
    {
        if (_length > 0)
        {
            Flush();
        }

        return [.. _checksums];
    }

    private void Flush()
    {
        Span<byte> block = _block.AsSpan(0, _length);
        _checksums.Add(BlobReader.Checksum(block));
        stream.Write(block);
        _length = 0;
    }
}
