using Rag.Models.Hub;

namespace Rag.Models.Tests.Hub;

public sealed class HubPathTests
{
    [Theory]
    [InlineData("config.json", true)]
    [InlineData("1_Pooling/config.json", true)]
    [InlineData("", false)]
    [InlineData("a//b", false)]
    [InlineData("./a", false)]
    [InlineData("a/../b", false)]
    [InlineData("a\\b", false)]
    [InlineData("a:b", false)]
    [InlineData("NUL", false)]
    [InlineData("com1.json", false)]
    [InlineData("a.", false)]
    [InlineData("a ", false)]
    [InlineData("a\nb", false)]
    [InlineData("a/b/c/d/e/f/g/h/i", false)]
    public void IsSafe_Path_IsWhetherItStaysInTheFolderEverywhere(string path, bool safe) => Assert.Equal(safe, HubPath.IsSafe(path));

    [Theory]
    [InlineData("org/name", true)]
    [InlineData("org/name@v1.0", true)]
    [InlineData("org/name@refs/pr/1", true)]
    [InlineData("name", false)]
    [InlineData("org/", false)]
    [InlineData("org/.name", false)]
    [InlineData("org--x/name", false)]
    [InlineData("org/name@", false)]
    [InlineData("org/name@a..b", false)]
    [InlineData("org/name@/a", false)]
    [InlineData("org/name?x=1", false)]
    [InlineData("org/näme", false)]
    public void TryParse_Name_IsTheHubsRule(string name, bool valid)
    {
        Assert.Equal(valid, ModelReference.TryParse(name, out ModelReference? reference));
        if (valid)
        {
            Assert.Equal(name, reference!.ToString());
        }
    }
}
