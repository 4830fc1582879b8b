using System.Runtime.CompilerServices;

namespace Rag.Documents;

/// <summary>
/// The files of a folder and of the folders in it, in ordinal order of their ids. An id is the path relative to the root with
/// forward slashes and composed letters.
/// <list type="bullet">
/// <item>Every ordinary file is offered, whatever its name says: readers decide, and what none of them reads becomes a failure
/// of that file with its reason. Only names that begin with a dot are left out (see <see cref="FolderSourceOptions.IncludeHidden"/>).</item>
/// <item>Links are never followed. One that leads to a place inside the folder is left out, since its content is offered (or hidden)
/// under its own name; one that leads out of the folder, loops or leads nowhere is an item with an error.</item>
/// <item>Pipes, sockets and devices are never opened: each is an item with an error, as is a folder that may not be listed.</item>
/// </list>
/// What a path is, is asked again before it is opened. Safe for concurrent use.
/// </summary>
public sealed class FolderSource : IDocumentSource
{
    private readonly string _root;
    private readonly FolderSourceOptions _options;

    /// <summary>Creates the source; nothing is read yet.</summary>
    /// <param name="root">The folder. It may itself be a link to one.</param>
    /// <param name="options">Limits; the defaults where null.</param>
    public FolderSource(string root, FolderSourceOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        _root = root;
        _options = options ?? new FolderSourceOptions();
        _options.Validate();
    }

    /// <inheritdoc/>
    /// <exception cref="UnavailableException">The root does not exist, is not a folder or may not be listed.</exception>
    public async IAsyncEnumerable<SourceItem> EnumerateAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string root = ResolveRoot();
        await Task.CompletedTask.ConfigureAwait(false);
        var pending = new Stack<(string Path, string Id, int Depth, FileKind Kind)>();
        if (ListInto(pending, root, "", 0) is { } fault)
        {
            throw fault;
        }

        string? last = null;
        while (pending.TryPop(out (string Path, string Id, int Depth, FileKind Kind) next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (next.Kind == FileKind.Directory)
            {
                RagException? error = next.Depth > _options.MaxDepth
                    ? new LimitExceededException(nameof(FolderSourceOptions.MaxDepth), _options.MaxDepth, next.Depth, next.Id)
                    : ListInto(pending, next.Path, next.Id + "/", next.Depth);
                if (error is not null)
                {
                    yield return new SourceItem { Id = next.Id, Error = error };
                }
            }
            else if (next.Id == last)
            {
                // On Linux a folder can hold "é" twice, once composed and once not.
                yield return Failed(next.Id, new UnsupportedException($"A second file is named {next.Id} once its letters are composed; rename one of the two.", next.Id));
            }
            else if (ToItem(root, next.Path, next.Id, next.Kind) is { } item)
            {
                last = next.Id;
                yield return item;
            }
        }
    }

    private string ResolveRoot()
    {
        string? root = CanonicalPath.Resolve(_root);
        return root is null
            ? throw new UnavailableException($"The folder {_root} does not exist.", _root)
            : FileKinds.Of(root) == FileKind.Directory
                ? root
                : throw new UnavailableException($"{_root} is not a folder; name the folder that holds the documents.", _root);
    }

    private UnavailableException? ListInto(Stack<(string Path, string Id, int Depth, FileKind Kind)> pending, string folder, string prefix, int depth)
    {
        string[] paths;
        try
        {
            paths = Directory.GetFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string named = prefix.Length == 0 ? _root : prefix.TrimEnd('/');
            return new UnavailableException($"The folder {named} cannot be listed: {e.Message}", named, e);
        }

        // A folder sorts as if its name ended in "/", so that the ids of the whole enumeration are in ordinal order.
        var found = new List<(string Path, string Id, int Depth, FileKind Kind)>(paths.Length);
        foreach (string path in paths)
        {
            string name = Path.GetFileName(path);
            if (_options.IncludeHidden || !name.StartsWith('.'))
            {
                found.Add((path, prefix + DocumentIdText.FromRelativePath(name), depth + 1, FileKinds.Of(path)));
            }
        }

        found.Sort((a, b) => string.CompareOrdinal(SortKey(b.Id, b.Kind), SortKey(a.Id, a.Kind)) is not 0 and int order ? order : string.CompareOrdinal(b.Path, a.Path));
        found.ForEach(pending.Push);
        return null;
    }

    private static string SortKey(string id, FileKind kind) => kind == FileKind.Directory ? id + "/" : id;

    private SourceItem? ToItem(string root, string path, string id, FileKind kind)
    {
        switch (kind)
        {
            case FileKind.Special:
                return Failed(id, new UnsupportedException($"{id} is a pipe, a socket or a device, which is never opened.", id));
            case FileKind.Missing:
                return Failed(id, new UnavailableException($"{id} vanished or cannot be looked at; its name may not be valid text.", id));
            case FileKind.Link:
                return LinkItem(root, path, id);
        }

        long length = 0;
        try
        {
            length = new FileInfo(path).Length;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Failed(id, new UnavailableException($"{id} cannot be looked at: {e.Message}", id, e));
        }

        return length > _options.MaxFileBytes
            ? new SourceItem { Id = id, Length = length, Error = TooLong(id, length) }
            : new SourceItem { Id = id, Length = length, OpenAsync = _ => ValueTask.FromResult<Stream>(Open(path, id)) };
    }

    private static SourceItem? LinkItem(string root, string path, string id)
    {
        if (CanonicalPath.Resolve(path) is not { } target)
        {
            return Failed(id, new UnavailableException($"{id} is a link that leads nowhere or back to itself.", id));
        }

        string inside = Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar;
        return target == root || target.StartsWith(inside, StringComparison.Ordinal)
            ? null
            : Failed(id, new UnsupportedException($"{id} is a link that leads out of the folder, and such links are not followed; copy what it leads to into the folder.", id));
    }

    private SourceFileStream Open(string path, string id)
    {
        FileKind kind = FileKinds.Of(path);
        if (kind != FileKind.Regular)
        {
            throw new UnavailableException($"{id} is no longer the file that was found; it vanished or was replaced.", id);
        }

        FileStream? file = null;
        try
        {
            file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.SequentialScan,
                BufferSize = 0,
            });
            long length = file.Length;
            return length > _options.MaxFileBytes ? throw TooLong(id, length) : new SourceFileStream(file, length, id);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or RagException)
        {
            file?.Dispose();
            if (e is RagException)
            {
                throw;
            }

            throw new UnavailableException($"{id} cannot be opened: {e.Message}", id, e);
        }
    }

    private LimitExceededException TooLong(string id, long length) => new(nameof(FolderSourceOptions.MaxFileBytes), _options.MaxFileBytes, length, id);

    private static SourceItem Failed(string id, RagException error) => new() { Id = id, Error = error };
}
