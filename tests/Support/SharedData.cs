namespace Rag.Tests.Support;

/// <summary>Finds the shared reference data through RAG_SHARED (default: the folder "shared" beside the repository).</summary>
internal static class SharedData
{
    private static readonly string? Root = FindRoot();

    /// <summary>The path of a file or folder below the shared root; skips the running test with a reason where it is absent.</summary>
    public static string Require(params string[] parts)
    {
        string relative = Path.Combine(parts);
        if (Root is null)
        {
            Assert.Skip($"Reference data is absent: set RAG_SHARED to a folder that holds '{relative}'.");
        }

        string path = Path.Combine(Root!, relative);
        if (!Path.Exists(path))
        {
            Assert.Skip($"Reference data is absent: '{relative}' is not below RAG_SHARED.");
        }

        return path;
    }

    /// <summary>The path, or null where it is absent: for enumerating theory data, which must not skip.</summary>
    public static string? Find(params string[] parts)
    {
        if (Root is null)
        {
            return null;
        }

        string path = Path.Combine(Root, Path.Combine(parts));
        return Path.Exists(path) ? path : null;
    }

    private static string? FindRoot()
    {
        if (Environment.GetEnvironmentVariable("RAG_SHARED") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? Path.GetFullPath(named) : null;
        }

        string? root = RepositoryRoot;
        string? beside = root is null ? null : Path.GetFullPath(Path.Combine(root, "..", "shared"));
        return Directory.Exists(beside) ? beside : null;
    }

    /// <summary>The folder that holds Rag.sln, found upwards from the test's binaries.</summary>
    public static string? RepositoryRoot
    {
        get
        {
            for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Rag.sln")))
                {
                    return folder.FullName;
                }
            }

            return null;
        }
    }
}
