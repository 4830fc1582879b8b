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
    public static WriterLock Take(IndexFiles files)
    {
        try
        {
            Directory.CreateDirectory(files.Folder);
            return new(new FileStream(files.WriterLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (UnauthorizedAccessException error)
        {
            throw new UnavailableException(
                $"The index folder {files.Folder} cannot be written: {error.Message} Open it read-only, or choose another folder.", files.Folder, error);
        }
        catch (IOException error)
        {
            string sentence = File.Exists(files.WriterLock)
                ? $"The index {files.Folder} is open for writing elsewhere, in this process or another. Close that writer first, or open read-only."
                : $"The index folder {files.Folder} cannot be created: {error.Message}";
            throw new UnavailableException(sentence, files.Folder, error);
        }
    }

    public void Dispose() => _file.Dispose();
}
