namespace Rag.Models;

/// <summary>A folder that appears whole or not at all: it is filled under another name and takes its own at the end.</summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _final;
    private readonly IReadOnlyCollection<string> _names;
    private bool _complete;

    private OutputFolder(string final, IReadOnlyCollection<string> names) => (_final, FolderPath, _names) = (final, final + ".partial", names);

    /// <summary>Where to write.</summary>
    public string FolderPath { get; }

    /// <summary>Opens a folder that must not be there yet, or be empty.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="names">Every file that may be written, relative; what an earlier, killed run left of them is removed.</param>
    /// <exception cref="UnavailableException">It holds something, or cannot be written.</exception>
    public static OutputFolder Create(string path, IReadOnlyCollection<string> names)
    {
        string final = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        try
        {
            if (File.Exists(final) || (Directory.Exists(final) && Directory.EnumerateFileSystemEntries(final).Any()))
            {
                throw new UnavailableException($"'{final}' is there already and is not empty, or no folder; name a new one.", final);
            }

            OutputFolder folder = new(final, names);
            folder.Clear();
            Directory.CreateDirectory(folder.FolderPath);
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The folder '{final}' cannot be written: {e.Message}", final, e);
        }
    }

    /// <summary>Lets the folder take its name.</summary>
    /// <exception cref="UnavailableException">Something else took it meanwhile.</exception>
    public string Complete()
    {
        try
        {
            if (Directory.Exists(_final))
            {
                Directory.Delete(_final);
            }

            Directory.Move(FolderPath, _final);
            _complete = true;
            return _final;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"The folder '{_final}' cannot be written: {e.Message}", _final, e);
        }
    }

    /// <summary>Removes what is unfinished.</summary>
    public void Dispose()
    {
        if (!_complete)
        {
            try
            {
                Clear();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The error that brought us here says more.
            }
        }
    }

    // Files that this class's users write, nothing else: the name might be taken by somebody's folder.
    private void Clear()
    {
        if (!Directory.Exists(FolderPath))
        {
            return;
        }

        string[] mine = [.. _names.Select(name => Path.Combine(FolderPath, name))];
        if (Directory.EnumerateFiles(FolderPath, "*", SearchOption.AllDirectories).Except(mine, StringComparer.Ordinal).FirstOrDefault() is { } foreign)
        {
            throw new IOException($"'{foreign}' lies where the unfinished folder belongs.");
        }

        foreach (string file in mine.Where(File.Exists))
        {
            File.Delete(file);
        }

        // Deepest first; all are empty now.
        foreach (string folder in Directory.EnumerateDirectories(FolderPath, "*", SearchOption.AllDirectories).OrderByDescending(folder => folder.Length).Append(FolderPath))
        {
            Directory.Delete(folder);
        }
    }
}
