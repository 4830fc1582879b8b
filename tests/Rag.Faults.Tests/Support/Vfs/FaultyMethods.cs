using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>The methods of an open file: those that change something ask the disk first, all hand on to the file beneath.</summary>
internal static unsafe class FaultyMethods
{
    static FaultyMethods()
    {
        Table = (NativeMethods*)NativeMemory.AllocZeroed((nuint)sizeof(NativeMethods));
        *Table = new()
        {
            Version = 2,
            Close = &Close,
            Read = &Read,
            Write = &Write,
            Truncate = &Truncate,
            Sync = &Sync,
            FileSize = &FileSize,
            Lock = &Lock,
            Unlock = &Unlock,
            CheckReservedLock = &CheckReservedLock,
            FileControl = &FileControl,
            SectorSize = &SectorSize,
            DeviceCharacteristics = &DeviceCharacteristics,
            ShmMap = &ShmMap,
            ShmLock = &ShmLock,
            ShmBarrier = &ShmBarrier,
            ShmUnmap = &ShmUnmap,
        };
    }

    /// <summary>The one table that all our files share.</summary>
    public static NativeMethods* Table { get; }

    /// <summary>The file of the VFS beneath.</summary>
    public static NativeFile* Inner(NativeFile* file) => file + 1;

    private static DiskFile? Of(NativeFile* file) => file->Handle == 0 ? null : (DiskFile?)GCHandle.FromIntPtr(file->Handle).Target;

    private static NativeMethods* Beneath(NativeFile* file) => Inner(file)->Methods;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(NativeFile* file)
    {
        if (file->Handle != 0)
        {
            GCHandle.FromIntPtr(file->Handle).Free();
            file->Handle = 0;
        }

        return Beneath(file)->Close(Inner(file));
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(NativeFile* file, void* data, int length, long offset) =>
        Of(file)?.Read() is { } refused and not 0 ? refused : Beneath(file)->Read(Inner(file), data, length, offset);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(NativeFile* file, void* data, int length, long offset)
    {
        if (Of(file) is { } disk && disk.Write(new(data, length), offset, out int written) is not 0 and var refused)
        {
            if (written > 0)
            {
                Beneath(file)->Write(Inner(file), data, written, offset);
            }

            return refused;
        }

        return Beneath(file)->Write(Inner(file), data, length, offset);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(NativeFile* file, long length) =>
        Of(file)?.Truncate(length) is { } refused and not 0 ? refused : Beneath(file)->Truncate(Inner(file), length);

    // A simulated disk keeps what is flushed in its own memory: the real one need not be waited for.
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(NativeFile* file, int flags) => Of(file) is { } disk ? disk.Sync() : Beneath(file)->Sync(Inner(file), flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(NativeFile* file, long* size) => Beneath(file)->FileSize(Inner(file), size);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Lock(NativeFile* file, int level) => Beneath(file)->Lock(Inner(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Unlock(NativeFile* file, int level) => Beneath(file)->Unlock(Inner(file), level);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int CheckReservedLock(NativeFile* file, int* held) => Beneath(file)->CheckReservedLock(Inner(file), held);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileControl(NativeFile* file, int operation, void* argument) => Beneath(file)->FileControl(Inner(file), operation, argument);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int SectorSize(NativeFile* file) => Beneath(file)->SectorSize(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DeviceCharacteristics(NativeFile* file) => Beneath(file)->DeviceCharacteristics(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmMap(NativeFile* file, int region, int size, int extend, void** memory) =>
        extend != 0 && Of(file)?.ExtendShared() is { } refused and not 0 ? refused : Beneath(file)->ShmMap(Inner(file), region, size, extend, memory);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmLock(NativeFile* file, int offset, int count, int flags) => Beneath(file)->ShmLock(Inner(file), offset, count, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ShmBarrier(NativeFile* file) => Beneath(file)->ShmBarrier(Inner(file));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int ShmUnmap(NativeFile* file, int delete) => Beneath(file)->ShmUnmap(Inner(file), delete);
}
