namespace Rag.Models.Hub;

/// <summary>
/// Keeps other processes, and other callers of this one, out of a model's folder while it changes. The operating system
/// frees the lock when the process ends, however it ends; the file stays.
/// </summary>
internal sealed class ModelLock : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private ModelLock(FileStream file) => _file = file;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="UnavailableException">Another holds it for longer than <paramref name="timeout"/>, or the folder cannot be written.</exception>
    public static async Task<ModelLock> AcquireAsync(string path, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, out IOException? held) is { } acquired)
            {
                return acquired;
            }

            CheckTimeout(path, start, timeout, time, held);
            await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the lock on the caller's thread.</summary>
    /// <exception cref="UnavailableException">Another holds it for longer than <paramref name="timeout"/>, or the folder cannot be written.</exception>
    public static ModelLock Acquire(string path, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, out IOException? held) is { } acquired)
            {
                return acquired;
            }

            CheckTimeout(path, start, timeout, time, held);
            cancellationToken.WaitHandle.WaitOne(Poll);
        }
    }

    public void Dispose() => _file.Dispose();

    private static ModelLock? TryAcquire(string path, out IOException? held)
    {
        held = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new ModelLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1));
        }
        catch (IOException exception) when (IsHeld(exception))
        {
            held = exception;
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The model cache cannot be written: {exception.Message}", path, exception);
        }
    }

    private static void CheckTimeout(string path, long start, TimeSpan timeout, TimeProvider time, IOException? held)
    {
        if (time.GetElapsedTime(start) >= timeout)
        {
            throw new UnavailableException($"Another process is downloading or converting the same model and holds {path}; try again when it is done.", path, held);
        }
    }

    // EWOULDBLOCK of Linux and of macOS, and ERROR_SHARING_VIOLATION.
    private static bool IsHeld(IOException exception) => exception.HResult is 11 or 35 or unchecked((int)0x80070020);
}
