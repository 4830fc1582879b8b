using System.Collections.Concurrent;

namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>
/// A folder as a disk that can fail: counts what is asked of it, refuses at a chosen operation, and knows what a loss of power
/// would leave. Names follow POSIX: a file that was made or removed is so for certain only after a flush of the folder.
/// </summary>
internal sealed class Disk : IDisposable
{
    private static readonly ConcurrentDictionary<string, Disk> Disks = new(StringComparer.Ordinal);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DiskFile> _files = new(StringComparer.Ordinal);

    // Of each name what it may stand for after a power loss: first what is certain.
    private readonly Dictionary<string, List<DiskFile?>> _names = new(StringComparer.Ordinal);
    private readonly Random _random;
    private DiskFault? _fault;
    private int _asked;
    private bool _isNamed;

    /// <param name="folder">The folder.</param>
    /// <param name="seed">For what chance decides.</param>
    /// <param name="isNew">Whether the folder is still to be made, and its own name certain only after a flush of the one that holds it.</param>
    public Disk(string folder, int seed = 1, bool isNew = false)
    {
        FaultyVfs.Ensure();
        Folder = Path.GetFullPath(folder);
        if (!isNew)
        {
            Directory.CreateDirectory(Folder);
        }

        _random = new(seed);
        _isNamed = !isNew;
        foreach (string path in isNew ? [] : Directory.EnumerateFiles(Folder))
        {
            DiskFile file = new(this, isJournal: path.EndsWith("-wal", StringComparison.Ordinal), File.ReadAllBytes(path));
            _files.Add(path, file);
            _names.Add(path, [file]);
        }

        Assert.True(Disks.TryAdd(Folder, this));
    }

    public string Folder { get; }

    /// <summary>Which flushes are thrown away: what a store that forgets them would do.</summary>
    public Func<DiskFile, bool> IgnoresSync { get; init; } = static _ => false;

    /// <summary>Whether flushes of the folder are thrown away.</summary>
    public bool IgnoresFolderSync { get; init; }

    /// <summary>Whether flushes of the folder that holds this one are thrown away.</summary>
    public bool IgnoresParentSync { get; init; }

    /// <summary>Bytes that may still be written beyond the ends of files; null for any number.</summary>
    public long? Space { get; set; }

    /// <summary>Operations that changed something so far.</summary>
    public int Changes { get; private set; }

    /// <summary>How often an operation was refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Whether the operation at which a fault was planned was asked for.</summary>
    public bool IsReached { get; private set; }

    /// <summary>Whether the power is cut.</summary>
    public bool IsDead { get; private set; }

    /// <summary>The operations that were refused since the last plan.</summary>
    public DiskOperation RefusedOperations { get; private set; }

    /// <summary>The disk that holds a file, or null.</summary>
    public static Disk? Of(string path) => Path.GetDirectoryName(path) is { } folder && Disks.TryGetValue(folder, out Disk? disk) ? disk : null;

    /// <summary>The disk that is a folder, or null.</summary>
    public static Disk? At(string folder) => Disks.GetValueOrDefault(folder);

    /// <summary>Sets what will go wrong, counted from now; null for nothing more.</summary>
    public void Plan(DiskFault? fault)
    {
        lock (_lock)
        {
            (_fault, _asked) = (fault, 0);
            RefusedOperations = DiskOperation.None;
        }
    }

    /// <summary>Writes the files that a loss of power now would leave to another folder.</summary>
    public void WriteRemains(string folder, double survival, Random random)
    {
        lock (_lock)
        {
            Directory.CreateDirectory(folder);
            if (!_isNamed && (survival <= 0 || random.NextDouble() > survival))
            {
                return;
            }

            foreach ((string path, List<DiskFile?> versions) in _names)
            {
                DiskFile? file = survival <= 0 ? versions[0] : survival >= 1 ? versions[^1] : versions[random.Next(versions.Count)];
                if (file is not null)
                {
                    File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(path)), file.AfterPowerLoss(survival, random));
                }
            }
        }
    }

    public int Open(string path, bool creates, bool isJournal, out DiskFile? file)
    {
        lock (_lock)
        {
            if (!_files.TryGetValue(path, out file))
            {
                if (!creates)
                {
                    return IsDead ? SqliteCode.CantOpen : SqliteCode.Ok;
                }

                if (Ask(DiskOperation.Create, SqliteCode.CantOpen, SqliteCode.CantOpen) is not 0 and var refused)
                {
                    return refused;
                }

                file = new(this, isJournal, []);
                _files.Add(path, file);
                if (!_names.TryGetValue(path, out List<DiskFile?>? versions))
                {
                    _names.Add(path, versions = [null]);
                }

                versions.Add(file);
            }

            file.FlushesFolder |= isJournal && creates;
            return IsDead ? SqliteCode.CantOpen : SqliteCode.Ok;
        }
    }

    public int Delete(string path, bool flush)
    {
        lock (_lock)
        {
            if (Ask(DiskOperation.Delete, SqliteCode.DeleteError, 0) is not 0 and var refused)
            {
                return refused;
            }

            if (_files.Remove(path, out DiskFile? file))
            {
                Space += file.Length;
                _names[path].Add(null);
            }

            FlushFolder(flush);
            return SqliteCode.Ok;
        }
    }

    public int Rename(string from, string to)
    {
        lock (_lock)
        {
            if (Ask(DiskOperation.Rename, SqliteCode.WriteError, 0) is not 0 and var refused)
            {
                return refused;
            }

            _files.Remove(from, out DiskFile? file);
            _files[to] = file!;
            _names[from].Add(null);
            if (!_names.TryGetValue(to, out List<DiskFile?>? versions))
            {
                _names.Add(to, versions = [null]);
            }

            versions.Add(file);
            return SqliteCode.Ok;
        }
    }

    /// <summary>The disks whose folders are in this one.</summary>
    public static IEnumerable<Disk> Within(string folder) => Disks.Values.Where(disk => Path.GetDirectoryName(disk.Folder) == folder);

    /// <summary>The folder that holds this one is flushed.</summary>
    public int SyncParent()
    {
        lock (_lock)
        {
            int refused = Ask(DiskOperation.Sync, SqliteCode.SyncError, 0);
            _isNamed |= refused == 0 && !IgnoresParentSync;
            return refused;
        }
    }

    public int SyncFolder()
    {
        lock (_lock)
        {
            if (Ask(DiskOperation.Sync, SqliteCode.SyncError, 0) is not 0 and var refused)
            {
                return refused;
            }

            FlushFolder(flush: true);
            return SqliteCode.Ok;
        }
    }

    public int Read()
    {
        lock (_lock)
        {
            return Ask(DiskOperation.Read, SqliteCode.ReadError, 0);
        }
    }

    public int Write(DiskFile file, ReadOnlySpan<byte> bytes, long offset, out int written)
    {
        lock (_lock)
        {
            bool wasDead = IsDead;
            int refused = Ask(DiskOperation.Write, SqliteCode.WriteError, SqliteCode.Full);
            long growth = Math.Max(0, offset + bytes.Length - file.Length);
            if (refused == 0 && growth > Space)
            {
                refused = Refuse(DiskOperation.Write, SqliteCode.Full);
            }

            written = refused == 0 ? bytes.Length : IsDead || growth > Space ? 0 : _random.Next(bytes.Length);

            // Of the write that the power loss met, chance decides afterwards how much arrived.
            int remembered = IsDead && !wasDead ? bytes.Length : written;
            if (remembered > 0)
            {
                file.Add(offset, bytes[..remembered]);
                Space -= Math.Min(growth, remembered);
            }

            return refused;
        }
    }

    public int Truncate(DiskFile file, long length)
    {
        lock (_lock)
        {
            int refused = Ask(DiskOperation.Truncate, SqliteCode.TruncateError, 0);
            if (refused == 0)
            {
                Space += file.Length - length;
                file.Cut(length);
            }

            return refused;
        }
    }

    public int Sync(DiskFile file)
    {
        lock (_lock)
        {
            if (Ask(DiskOperation.Sync, SqliteCode.SyncError, 0) is not 0 and var refused)
            {
                return refused;
            }

            if (!IgnoresSync(file))
            {
                file.Flush();
            }

            FlushFolder(file.FlushesFolder);
            file.FlushesFolder = false;
            return SqliteCode.Ok;
        }
    }

    public int ExtendShared()
    {
        lock (_lock)
        {
            return Ask(DiskOperation.ExtendShared, SqliteCode.SharedError, SqliteCode.SharedError);
        }
    }

    public void Dispose() => Disks.TryRemove(Folder, out _);

    private void FlushFolder(bool flush)
    {
        if (flush && !IgnoresFolderSync)
        {
            foreach (List<DiskFile?> versions in _names.Values)
            {
                versions.RemoveRange(0, versions.Count - 1);
            }
        }
    }

    private int Ask(DiskOperation operation, int errorCode, int fullCode)
    {
        Changes += (operation & DiskOperation.Changes) == 0 ? 0 : 1;
        if (IsDead)
        {
            return Refuse(operation, errorCode);
        }

        if (_fault is not { } fault || (fault.Operations & operation) == 0)
        {
            return SqliteCode.Ok;
        }

        _asked++;
        IsReached |= _asked == fault.At;
        int code = _asked == fault.At || (fault.Forever && _asked > fault.At) ? (fault.Kind == DiskFaultKind.Full ? fullCode : errorCode) : SqliteCode.Ok;
        if (code == SqliteCode.Ok)
        {
            return code;
        }

        IsDead = fault.Kind == DiskFaultKind.PowerLoss;
        return Refuse(operation, code);
    }

    private int Refuse(DiskOperation operation, int code)
    {
        Refused++;
        RefusedOperations |= operation;
        return code;
    }
}
