using System.Runtime.InteropServices;

namespace Rag.Faults.Tests.Support.Vfs;

/// <summary>sqlite3_file as ours begins: its methods, what we know of it, and behind both the file of the VFS beneath.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeFile
{
    public NativeMethods* Methods;

    /// <summary>A GCHandle of a <see cref="DiskFile"/>; 0 where the file is on no simulated disk.</summary>
    public nint Handle;
}
