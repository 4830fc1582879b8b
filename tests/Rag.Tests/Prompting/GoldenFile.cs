using Rag.Tests.Support;

namespace Rag.Tests.Prompting;

/// <summary>Compares text that a person reads with a file; RAG_ACCEPT=1 takes the new text as right.</summary>
internal static class GoldenFile
{
    public static void Equal(string actual, params string[] path)
    {
        string file = Path.Combine([SharedData.RepositoryRoot!, "tests", "Golden", .. path]);
        if (Environment.GetEnvironmentVariable("RAG_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }

        Assert.True(File.Exists(file), $"{file} is missing; run with RAG_ACCEPT=1 and look at it.");
        Assert.Equal(File.ReadAllText(file).ReplaceLineEndings("\n"), actual);
    }
}
