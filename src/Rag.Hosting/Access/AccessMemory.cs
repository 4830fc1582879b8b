namespace Rag.Hosting.Access;

/// <summary>
/// Keeps a copy of the access file beside the index, so that a run that does not name one (a question brings the index up to date
/// too) holds new documents to the same rules.
/// </summary>
internal sealed class AccessMemory(string indexFolder, string documents)
{
    private readonly string _path = Path.Combine(indexFolder, "access.json");

    /// <summary>Whether there is a copy.</summary>
    public bool Exists => File.Exists(_path);

    /// <summary>The rules of a file, which are kept from now on; without one those that are kept, or null.</summary>
    /// <param name="file">The access file; null where none is named.</param>
    /// <param name="cancellationToken">Ends reading.</param>
    /// <exception cref="UnsupportedException">The file is one of the documents.</exception>
    /// <exception cref="RagException">The file cannot be used, or the copy not read or written.</exception>
    public async Task<AccessFile?> TakeAsync(string? file, CancellationToken cancellationToken)
    {
        if (file is null)
        {
            return Exists ? (await AccessFile.LoadAsync(_path, cancellationToken).ConfigureAwait(false)).Access : null;
        }

        string path = Path.GetFullPath(file);
        RequireOutside(path);
        RequireOutside((File.ResolveLinkTarget(path, returnFinalTarget: true) ?? new FileInfo(path)).FullName);
        (AccessFile access, byte[] content) = await AccessFile.LoadAsync(path, cancellationToken).ConfigureAwait(false);
        await WriteAsync(content, cancellationToken).ConfigureAwait(false);
        return access;
    }

    // Who may write documents must not say who reads the others'.
    private void RequireOutside(string path)
    {
        string relative = Path.GetRelativePath(documents, path);
        if (!Path.IsPathRooted(relative) && relative.Split(Path.DirectorySeparatorChar)[0] != "..")
        {
            throw new UnsupportedException($"The access file '{path}' lies among the documents, where whoever writes documents could change it. Put it outside of '{documents}'.", path);
        }
    }

    private async Task WriteAsync(byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            string temporary = _path + ".tmp";
            FileStream copy = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None);
            await using (copy.ConfigureAwait(false))
            {
                await copy.WriteAsync(content, cancellationToken).ConfigureAwait(false);
                copy.Flush(flushToDisk: true);
            }

            File.Move(temporary, _path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The index folder {indexFolder} cannot be written: {error.Message}", indexFolder, error);
        }
    }
}
