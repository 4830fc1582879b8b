using System.Text;
using System.Text.RegularExpressions;
using Rag.Cli.Tests.Support;
using Rag.Hosting.Access;
using Rag.Index.Filters;
using Rag.Tests.Support;

namespace Rag.Cli.Tests;

/// <summary>What the README shows is what happens.</summary>
[Collection(ObservatoryGroup.Name)]
public sealed partial class ReadmeTests(ObservatoryFixture observatory)
{
    private static readonly string FilePath = Path.Combine(SharedData.RepositoryRoot!, "README.md");
    private static readonly string Readme = File.ReadAllText(FilePath).ReplaceLineEndings("\n");

    [Fact]
    public async Task Answer_shown_is_the_answer_given()
    {
        Match shown = AskBlock().Match(Readme);
        Assert.True(shown.Success, "The README has no block that asks.");

        // As on a machine that reaches no hub: with the encoder in the box.
        using WorkFolder index = new();
        ToolResult result = await RagTool.RunAsync("ask", shown.Groups["question"].Value, "--docs", observatory.Documents, "--index", index.Path);
        if (Environment.GetEnvironmentVariable("RAG_ACCEPT") == "1")
        {
            Group output = shown.Groups["output"];
            File.WriteAllText(FilePath, Readme[..output.Index] + result.Out + Readme[(output.Index + output.Length)..]);
            return;
        }

        Assert.Equal(shown.Groups["output"].Value, result.Out);
    }

    [Fact]
    public void Code_shown_is_code_that_is_compiled()
    {
        string example = Squeezed(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot!, "examples", "01-ask-a-folder", "Program.cs")));
        MatchCollection blocks = CSharpBlock().Matches(Readme);
        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(Squeezed(block.Groups["code"].Value), example, StringComparison.Ordinal));
    }

    [Fact]
    public void Folders_and_links_shown_exist()
    {
        MatchCollection links = Link().Matches(Readme);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(SharedData.RepositoryRoot!, link.Groups["path"].Value)), link.Value));
    }

    [Fact]
    public void Filters_and_access_shown_are_such()
    {
        string[] filters = [.. Filters().Match(Readme).Groups["filters"].Value.Split('`').Where((_, i) => i % 2 == 1)];
        Assert.Equal(3, filters.Length);
        Assert.All(filters, filter => Assert.NotNull(MetadataFilter.Parse(filter)));
        AccessFile access = AccessFile.Parse(Encoding.UTF8.GetBytes(AccessBlock().Match(Readme).Groups["json"].Value), "README.md");
        Assert.Equal(["hr", "board"], access.For("people/ada.pdf").Access);
        Assert.Equal(["*"], access.For("people/more/ada.pdf").Access);
    }

    private static string Squeezed(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));

    [GeneratedRegex("""```console\n\$ dotnet run --project src/Rag.Cli -- ask "(?<question>[^"]+)" --docs examples/observatory\n(?<output>.*?)```""", RegexOptions.Singleline)]
    private static partial Regex AskBlock();

    [GeneratedRegex("searches what fits:(?<filters>.*?)\\. Who may", RegexOptions.Singleline)]
    private static partial Regex Filters();

    [GeneratedRegex(@"```json\n(?<json>\{.*?)```", RegexOptions.Singleline)]
    private static partial Regex AccessBlock();

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CSharpBlock();

    [GeneratedRegex(@"\]\((?<path>(src|tests|examples|connectors)/[^)#]*)\)")]
    private static partial Regex Link();
}
