using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Rag.Index.Storage;

/// <summary>
/// What is done to the names in an index's folder beside SQLite, which does the same for its own files. A name that was made, changed
/// or removed is so for certain, whatever happens to the power, only after a flush of its folder; on Windows, where folders cannot
/// be flushed, file systems keep the order of such changes themselves.
/// </summary>
internal partial class IndexFolder
{
    private const int ReadOnly = 0, NotSupported = 22;

    /// <summary>Creates a folder where there is none, and those above it, for certain.</summary>
    public virtual void Create(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        if (Path.GetDirectoryName(folder) is { Length: > 0 } parent)
        {
            Create(parent);
            Directory.CreateDirectory(folder);
            Flush(parent);
        }
    }

    /// <summary>Writes a whole file, for certain but for its name.</summary>
    public virtual void Write(string path, ReadOnlySpan<byte> content)
    {
        using FileStream stream = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Gives a file another name, in place of the file that has it.</summary>
    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    /// <summary>Removes a file, if it is there.</summary>
    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>Makes the names in a folder certain.</summary>
    public virtual void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int handle = OpenFolder(folder, ReadOnly);
        if (handle < 0)
        {
            throw Failed(folder);
        }

        try
        {
            // Some file systems have nothing to flush and say that this is not supported.
            if (FlushHandle(handle) != 0 && Marshal.GetLastPInvokeError() != NotSupported)
            {
                throw Failed(folder);
            }
        }
        finally
        {
            _ = CloseHandle(handle);
        }
    }

    private static IOException Failed(string folder) => new($"{new Win32Exception(Marshal.GetLastPInvokeError()).Message} : '{folder}'");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFolder(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FlushHandle(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CloseHandle(int handle);
}
