namespace Rag.Tests.Support;

/// <summary>A folder of a test's own, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => FolderPath = Directory.CreateTempSubdirectory("rag-test-").FullName;

    public string FolderPath { get; }

    public string File(params string[] parts) => Path.Combine([FolderPath, .. parts]);

    public void Dispose() => Directory.Delete(FolderPath, recursive: true);
}
