namespace Rag.Index.Storage;

/// <summary>
/// The right to write, held for the writer's lifetime as the operating system's lock on an open file. It ends with the process,
/// however that ends, so a killed writer leaves nothing that blocks the next.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    private readonly FileStream _file;

    private WriterLock(FileStream file) => _file = file;

    /// <summary>Takes the lock or fails at once.</summary>
    /// <exception cref="UnavailableException">Another writer has it, or the folder cannot be written.</exception>
    public static WriterLock Take(IndexFiles files, IndexFolder folder)
    {
        try
        {
            folder.Create(files.Folder);
            return new(new FileStream(files.WriterLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnavailableException(
                $"The index folder {files.Folder} cannot be written: {error.Message} Open it read-only, or choose another folder.", files.Folder, error);
        }
        catch (IOException error)
        {
            string sentence = IsHeld(error)
                ? $"The index {files.Folder} is open for writing elsewhere, in this process or another. Close that writer first, or open read-only."
                : $"The index folder {files.Folder} cannot be written: {error.Message} Open it read-only, or choose another folder.";
            throw new UnavailableException(sentence, files.Folder, error);
        }
    }

    // EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows; anything else, such as a
    // read-only file system, is no other writer.
    private static bool IsHeld(IOException error) => error.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    public void Dispose() => _file.Dispose();
}
