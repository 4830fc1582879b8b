namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>What is asked of a disk.</summary>
[Flags]
internal enum DiskOperation
{
    None = 0,
    Read = 1,
    Write = 2,
    Sync = 4,
    Truncate = 8,
    Delete = 16,
    Create = 32,
    ExtendShared = 64,
    Rename = 128,
    Changes = Write | Sync | Truncate | Delete | Create | ExtendShared | Rename,
}
