using System.Reflection;
using Rag.Tests.Support;

namespace Rag.PublicApi.Tests;

/// <summary>The libraries of the house, as assemblies beside this test.</summary>
internal static class Libraries
{
    /// <summary>Assembly names, Rag.OnnxRuntime aside, which is another project's code.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.EnumerateFiles(AppContext.BaseDirectory, "Rag.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name != "Rag.OnnxRuntime" && !name.EndsWith(".Tests", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

    public static Assembly Load(string name) => Assembly.Load(new AssemblyName(name));

    /// <summary>The repository's root; skips the running test where the binaries lie outside a checkout.</summary>
    public static string RepositoryRoot
    {
        get
        {
            if (SharedData.RepositoryRoot is not { } root)
            {
                Assert.Skip("No checkout around the test's binaries: Rag.sln was not found upwards from them.");
                throw new InvalidOperationException();
            }

            return root;
        }
    }
}
