namespace Rag.Faults.Tests.Support;

/// <summary>A folder in memory where the system has one: simulated disks flush nothing, and their files are gone soon.</summary>
internal sealed class FastFolder : IDisposable
{
    private static readonly string Parent = Directory.Exists("/dev/shm") ? "/dev/shm" : System.IO.Path.GetTempPath();
    private static int s_number;

    public FastFolder()
    {
        Path = System.IO.Path.Combine(Parent, $"rag-faults-{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}");
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
