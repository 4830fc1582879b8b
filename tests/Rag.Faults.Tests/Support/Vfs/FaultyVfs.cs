using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>
/// SQLite's default VFS of this process: the system's own, wrapped. Files in the folder of a <see cref="Disk"/> go through that
/// disk, which counts, refuses and remembers; all others pass untouched. The index is opened as always and knows nothing of it.
/// </summary>
internal static unsafe partial class FaultyVfs
{
    private static readonly NativeVfs* Base;
    private static readonly NativeVfs* Ours;

    static FaultyVfs()
    {
        SQLitePCL.Batteries_V2.Init();
        Base = Find(null);
        Ours = (NativeVfs*)NativeMemory.AllocZeroed((nuint)sizeof(NativeVfs));

        // What is not replaced here looks at nothing of its VFS but the longest path and its own data, which are copied.
        *Ours = *Base;
        Ours->Next = null;
        Ours->Name = (byte*)Marshal.StringToCoTaskMemUTF8("rag-faults");
        Ours->FileSize = sizeof(NativeFile) + Base->FileSize;
        Ours->Open = &Open;
        Ours->Delete = &Delete;
        if (Register(Ours, makeDefault: 1) is not 0 and var error)
        {
            throw new InvalidOperationException($"The VFS could not be registered: {error}.");
        }
    }

    /// <summary>Registers the VFS as the default where that was not done yet.</summary>
    public static void Ensure() => RuntimeHelpers.RunClassConstructor(typeof(FaultyVfs).TypeHandle);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static partial NativeVfs* Find(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int Register(NativeVfs* vfs, int makeDefault);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(NativeVfs* vfs, byte* name, NativeFile* file, int flags, int* outFlags)
    {
        *file = default;
        string? path = Marshal.PtrToStringUTF8((nint)name);
        Disk? disk = path is null ? null : Disk.Of(path);
        DiskFile? opened = null;
        if (disk is not null && disk.Open(path!, (flags & SqliteCode.OpenCreate) != 0, (flags & SqliteCode.OpenJournal) != 0, out opened) is not 0 and var refused)
        {
            return refused;
        }

        int result = Base->Open(Base, name, FaultyMethods.Inner(file), flags, outFlags);
        if (result == 0)
        {
            file->Handle = opened is null ? 0 : (nint)GCHandle.Alloc(opened);
            file->Methods = FaultyMethods.Table;
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(NativeVfs* vfs, byte* name, int syncFolder)
    {
        string path = Marshal.PtrToStringUTF8((nint)name)!;
        return Disk.Of(path)?.Delete(path, syncFolder != 0) is { } refused and not 0 ? refused : Base->Delete(Base, name, syncFolder);
    }
}
