namespace Rag.Index.Maintenance.Exchange;

/// <summary>The lines of a stream as bytes; memory grows with a line that is there, up to a limit, never by a number in it.</summary>
internal sealed class BoundedLines(Stream stream, int maxBytes, string location)
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start, _end;

    /// <summary>Number of the line last read, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>The next line without its end; valid until the next call. Null at the end of the stream.</summary>
    /// <exception cref="LimitExceededException">The line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellationToken)
    {
        int looked = 0;
        while (true)
        {
            int end = _buffer.AsSpan((_start + looked).._end).IndexOf((byte)'\n');
            if (end >= 0)
            {
                ReadOnlyMemory<byte> line = _buffer.AsMemory(_start, looked + end);
                _start += looked + end + 1;
                Number++;
                return Bounded(line);
            }

            looked = _end - _start;
            MakeRoom();
            int read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _end += read;
            if (read == 0)
            {
                if (looked == 0)
                {
                    return null;
                }

                ReadOnlyMemory<byte> rest = _buffer.AsMemory(_start, looked);
                _start = _end;
                Number++;
                return Bounded(rest);
            }
        }
    }

    private void MakeRoom()
    {
        int length = _end - _start;
        if (length > maxBytes)
        {
            throw TooLong(length);
        }

        if (_end < _buffer.Length)
        {
            return;
        }

        byte[] target = length > _buffer.Length / 2 ? new byte[(int)Math.Min(Array.MaxLength, 2L * _buffer.Length)] : _buffer;
        _buffer.AsSpan(_start, length).CopyTo(target);
        (_buffer, _start, _end) = (target, 0, length);
    }

    private ReadOnlyMemory<byte> Bounded(ReadOnlyMemory<byte> line) => line.Length <= maxBytes ? line : throw TooLong(line.Length);

    private LimitExceededException TooLong(int seen) => new(nameof(ImportOptions.MaxLineBytes), maxBytes, seen, location);
}
