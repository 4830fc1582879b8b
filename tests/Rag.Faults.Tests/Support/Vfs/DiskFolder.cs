using Rag.Index;
using Rag.Index.Storage;

namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>What the index does to names beside SQLite, on the <see cref="Disk"/> of the folder where there is one.</summary>
internal sealed class DiskFolder : IndexFolder
{
    public static ChunkIndexOptions Options(bool readOnly = false) => new() { ReadOnly = readOnly, Folder = new DiskFolder() };

    public override void Write(string path, ReadOnlySpan<byte> content)
    {
        if (Disk.Of(path) is { } disk)
        {
            Accept(disk.Open(path, creates: true, isJournal: false, out DiskFile? file));
            Accept(file!.Length > 0 ? file.Truncate(0) : 0);
            Accept(file.Write(content, 0, out _));
            Accept(file.Sync());
        }

        base.Write(path, content);
    }

    public override void Rename(string from, string to)
    {
        Accept(Disk.Of(from)?.Rename(from, to) ?? 0);
        base.Rename(from, to);
    }

    public override void Delete(string path)
    {
        Accept(Disk.Of(path)?.Delete(path, flush: false) ?? 0);
        base.Delete(path);
    }

    public override void Flush(string folder)
    {
        Accept(Disk.At(folder)?.SyncFolder() ?? 0);
        foreach (Disk disk in Disk.Within(folder))
        {
            Accept(disk.SyncParent());
        }

        base.Flush(folder);
    }

    private static void Accept(int code)
    {
        if (code != 0)
        {
            throw new IOException($"The disk refused with {code}.");
        }
    }
}
