namespace Rag.PublicApi.Tests;

/// <summary>A public API changes only on purpose: what each library shows is compared with an approved text file.</summary>
public sealed class PublicApiTests
{
    public static TheoryData<string> LibraryNames => [.. Libraries.Names];

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void PublicApi_OfALibrary_IsTheApprovedOne(string library)
    {
        string approvedFile = Path.Combine(Libraries.RepositoryRoot, "tests", "Golden", "PublicApi", library + ".txt");
        string received = string.Concat(ApiText.Lines(Libraries.Load(library)).Select(line => line + "\n"));
        if (Environment.GetEnvironmentVariable("RAG_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(approvedFile)!);
            File.WriteAllText(approvedFile, received);
            return;
        }

        string approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        if (received == approved)
        {
            return;
        }

        string receivedFile = Path.Combine(AppContext.BaseDirectory, "PublicApi", library + ".received.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(receivedFile)!);
        File.WriteAllText(receivedFile, received);
        Assert.Fail(
            $"The public API of {library} is not the approved one.\n{Difference(approved, received)}" +
            $"Approved: {approvedFile}\nReceived: {receivedFile}\n" +
            "If the change is meant, accept it: run this test with the environment variable RAG_ACCEPT=1 and commit the approved file.");
    }

    [Fact]
    public void EveryLibraryUnderSrc_IsComparedHere()
    {
        IEnumerable<string> expected = Directory.EnumerateFiles(Path.Combine(Libraries.RepositoryRoot, "src"), "Rag*.csproj", SearchOption.AllDirectories)
            .Select(file => Path.GetFileNameWithoutExtension(file))
            .Where(name => name != "Rag.Cli")
            .Select(name => name == "Rag" ? "Rag.Core" : name);

        Assert.Equal(expected.Order(StringComparer.Ordinal), Libraries.Names);
    }

    private static string Difference(string approved, string received)
    {
        string[] before = approved.Split('\n');
        string[] after = received.Split('\n');
        IEnumerable<string> lines = before.Except(after).Select(line => "- " + line).Concat(after.Except(before).Select(line => "+ " + line));
        return string.Concat(lines.Take(40).Select(line => line + "\n"));
    }
}
