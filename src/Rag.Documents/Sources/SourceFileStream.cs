namespace Rag.Documents;

/// <summary>A file as it was when it was opened: a byte more or less than its length then is an error, not a cut or mixed document.</summary>
internal sealed class SourceFileStream(FileStream file, long length, string id) : ForwardStream(file)
{
    public override long Length => length;

    public override int Read(Span<byte> buffer)
    {
        try
        {
            return Checked(Source.Read(buffer), buffer.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return Checked(await Source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private int Checked(int count, int asked)
    {
        BytesRead += count;
        return BytesRead > length || (count == 0 && asked > 0 && BytesRead < length)
            ? throw new UnavailableException($"{id} changed while it was read; read it again when it is no longer written to.", id)
            : count;
    }

    private UnavailableException Failed(Exception e) => new($"{id} could not be read to its end: {e.Message}", id, e);
}
