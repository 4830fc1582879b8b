using System.Text;

namespace Rag.Models.Hub;

/// <summary>
/// A download in progress: "NAME.incomplete", and beside it "NAME.etag" with the entity tag that its bytes came under.
/// Named by content, so that bytes of one version never become part of another. Disk errors become sentences.
/// </summary>
internal sealed class PartialFile : IDisposable
{
    private const int BufferSize = 1 << 16;

    private readonly string _path;
    private readonly string _tagPath;
    private readonly ContentHash? _hash;
    private FileStream? _stream;

    public PartialFile(string folder, string name, ContentHash? hash)
    {
        _path = Path.Combine(folder, name + ".incomplete");
        _tagPath = Path.Combine(folder, name + ".etag");
        _hash = hash;
    }

    /// <summary>Bytes that are here.</summary>
    public long Length { get; private set; }

    /// <summary>The strong entity tag of these bytes, with its quotes; null where none is known.</summary>
    public string? EntityTag { get; private set; }

    /// <summary>Opens what an earlier run left, hashing it; anything longer than the file can be is dropped.</summary>
    public async Task OpenAsync(long? size, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            _stream = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, BufferSize, FileOptions.Asynchronous);
            EntityTag = File.Exists(_tagPath) ? (await File.ReadAllTextAsync(_tagPath, cancellationToken).ConfigureAwait(false)).Trim() : null;
            if (_stream.Length > (size ?? long.MaxValue) || (_hash is null && EntityTag is null))
            {
                Restart();
                return;
            }

            byte[] buffer = new byte[BufferSize];
            int read;
            while ((read = await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
            {
                _hash?.Append(buffer.AsSpan(0, read));
                Length += read;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskError("opened", exception);
        }
    }

    /// <summary>Drops every byte.</summary>
    public void Restart()
    {
        try
        {
            _stream!.SetLength(0);
            _stream.Position = 0;
            File.Delete(_tagPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskError("emptied", exception);
        }

        _hash?.Restart();
        Length = 0;
        EntityTag = null;
    }

    /// <summary>Notes the entity tag before the first byte that comes under it.</summary>
    public async Task TagAsync(string? tag, CancellationToken cancellationToken)
    {
        if (tag == EntityTag)
        {
            return;
        }

        try
        {
            if (tag is null)
            {
                File.Delete(_tagPath);
            }
            else
            {
                await File.WriteAllTextAsync(_tagPath, tag, Encoding.UTF8, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskError("written", exception);
        }

        EntityTag = tag;
    }

    /// <summary>Appends bytes.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _stream!.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskError("written", exception);
        }

        _hash?.Append(bytes.Span);
        Length += bytes.Length;
    }

    /// <summary>Writes what is buffered and closes; what is here may be continued later.</summary>
    public void Close()
    {
        try
        {
            _stream?.Dispose();
            _stream = null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskError("written", exception);
        }
    }

    /// <summary>Brings the bytes to the disk and gives the file its final name. Call only once its content is checked.</summary>
    public void MoveTo(string path)
    {
        try
        {
            _stream!.Flush(flushToDisk: true);
            _stream.Dispose();
            _stream = null;
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(_path, path, overwrite: true);
            File.Delete(_tagPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw DiskError($"moved to {path}", exception);
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private UnavailableException DiskError(string what, Exception exception) =>
        new($"The download {_path} could not be {what}: {exception.Message}", _path, exception);
}
