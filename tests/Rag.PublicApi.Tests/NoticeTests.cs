using System.Text.Json;

namespace Rag.PublicApi.Tests;

/// <summary>NOTICE names every package that the tool, the libraries and the tests run on.</summary>
public sealed class NoticeTests
{
    [Fact]
    public void Notice_OfEveryPackageInUse_HasALine()
    {
        // A line starts with a package's name, or with a prefix and a star.
        string[] named = [.. File.ReadLines(Path.Combine(Libraries.RepositoryRoot, "NOTICE")).Select(line => line.Split(' ')[0]).Where(name => name.Length > 0)];

        Assert.DoesNotContain(Packages(), package => !named.Any(name => Covers(name, package)));
    }

    private static bool Covers(string name, string package) => name.EndsWith('*')
        ? package.StartsWith(name[..^1], StringComparison.OrdinalIgnoreCase)
        : package.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The packages that this test's own dependency file lists: it references the tool, and so everything.</summary>
    private static List<string> Packages()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Rag.PublicApi.Tests.deps.json")));
        return [.. file.RootElement.GetProperty("libraries").EnumerateObject()
            .Where(library => library.Value.GetProperty("type").GetString() == "package")
            .Select(library => library.Name.Split('/')[0])];
    }
}
