using System.Runtime.InteropServices;
using System.Text;

namespace Rag.Documents;

/// <summary>
/// Asks the system what a path is without opening it. .NET shows pipes and devices as ordinary files, so on Linux statx(2) and on
/// macOS lstat(2) are asked; their layouts of the mode are fixed by the systems' interfaces.
/// </summary>
internal static class FileKinds
{
    private const int TypeMask = 0xF000, TypeDirectory = 0x4000, TypeRegular = 0x8000, TypeLink = 0xA000;

    public static FileKind Of(string path)
    {
        int? mode = null;
        try
        {
            mode = OperatingSystem.IsLinux() ? LinuxMode(path) : OperatingSystem.IsMacOS() ? MacMode(path) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than statx: .NET's own view must do.
        }
        catch (DllNotFoundException)
        {
        }

        return mode is { } known
            ? known < 0 ? FileKind.Missing : (known & TypeMask) switch
            {
                TypeRegular => FileKind.Regular,
                TypeDirectory => FileKind.Directory,
                TypeLink => FileKind.Link,
                _ => FileKind.Special,
            }
            : FromAttributes(path);
    }

    private static FileKind FromAttributes(string path)
    {
        try
        {
            FileAttributes attributes = File.GetAttributes(path);
            return attributes.HasFlag(FileAttributes.ReparsePoint) ? FileKind.Link
                : attributes.HasFlag(FileAttributes.Directory) ? FileKind.Directory
                : attributes.HasFlag(FileAttributes.Device) ? FileKind.Special
                : FileKind.Regular;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return FileKind.Missing;
        }
    }

    private static int LinuxMode(string path)
    {
        // struct statx is 256 bytes with stx_mode, 16 bits, at 28 on every architecture (statx(2)).
        const int CurrentDirectory = -100, NoFollow = 0x100;
        const uint AskType = 1;
        var status = new byte[256];
        return StatX(CurrentDirectory, Encoding.UTF8.GetBytes(path + '\0'), NoFollow, AskType, status) == 0 ? BitConverter.ToUInt16(status, 28) : -1;
    }

    private static int MacMode(string path)
    {
        // struct stat with 64-bit inodes: st_dev, 32 bits, then st_mode, 16 bits (stat(2)).
        var status = new byte[256];
        byte[] name = Encoding.UTF8.GetBytes(path + '\0');
        int result = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? LStatInode64(name, status) : LStat(name, status);
        return result == 0 ? BitConverter.ToUInt16(status, 4) : -1;
    }

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(int directory, byte[] path, int flags, uint mask, byte[] status);

    [DllImport("libc", EntryPoint = "lstat", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStat(byte[] path, byte[] status);

    [DllImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int LStatInode64(byte[] path, byte[] status);
}
