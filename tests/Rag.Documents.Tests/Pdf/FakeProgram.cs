using System.Runtime.Versioning;

namespace Rag.Documents.Tests;

/// <summary>A script that stands in for pdftotext.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class FakeProgram : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rag-test-").FullName;

    public FakeProgram(string script)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The stand-in is a shell script.");
        string path = Path.Combine(_folder, "fake");
        File.WriteAllText(path, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Options = new PdfReaderOptions { ProgramPath = path };
    }

    public PdfReaderOptions Options { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
