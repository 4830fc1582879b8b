using Rag.Tests.Support;

namespace Rag.Cli.Tests.Support;

/// <summary>What a person reads, held against a file under tests/Golden/Cli. RAG_ACCEPT=1 writes the files anew.</summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        string path = Path.Combine(SharedData.RepositoryRoot!, "tests", "Golden", "Cli", name + ".txt");
        if (Environment.GetEnvironmentVariable("RAG_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; RAG_ACCEPT=1 writes it.");
        Assert.Equal(File.ReadAllText(path), actual);
    }
}
