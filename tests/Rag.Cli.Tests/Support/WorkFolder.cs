using System.Text;

namespace Rag.Cli.Tests.Support;

/// <summary>A folder for one test.</summary>
internal sealed class WorkFolder : IDisposable
{
    public WorkFolder() => Path = Directory.CreateTempSubdirectory("rag-cli-").FullName;

    public string Path { get; }

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string Below(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
