using Rag.Models.Hub;

namespace Rag.Models.Tests.Hub;

public sealed class ModelHubOptionsTests
{
    [Fact]
    public void FromEnvironment_ReadsTheVariablesOfTheHuggingFaceTools()
    {
        ModelHubOptions options = From(("HF_ENDPOINT", "http://hub.example/mirror/"), ("HF_TOKEN", " hf_x "), ("HF_HUB_OFFLINE", "1"), ("HF_HOME", "/a"));
        Assert.Equal("http://hub.example/mirror/", options.Endpoint.ToString());
        Assert.Equal("hf_x", options.Token);
        Assert.True(options.Offline);
        Assert.Equal(Path.GetFullPath("/a/hub"), options.CacheDirectory);
    }

    [Fact]
    public void FromEnvironment_TheCacheVariableWinsOverTheHome() =>
        Assert.Equal(Path.GetFullPath("/b"), From(("HF_HOME", "/a"), ("HF_HUB_CACHE", "/b")).CacheDirectory);

    [Fact]
    public void FromEnvironment_Nothing_MeansThePublicHubAndTheUsersCache()
    {
        ModelHubOptions options = From();
        Assert.Equal("https://huggingface.co/", options.Endpoint.ToString());
        Assert.Null(options.Token);
        Assert.False(options.Offline);
        Assert.EndsWith(Path.Combine("rag", "hub"), options.CacheDirectory, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HF_ENDPOINT", "file:///etc")]
    [InlineData("HF_ENDPOINT", "not an address")]
    [InlineData("HF_ENDPOINT", "http://user:pass@host")]
    [InlineData("HF_TOKEN", "a\nb: c")]
    public void FromEnvironment_Nonsense_IsRefusedWithoutShowingSecrets(string name, string value)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => From((name, value)));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass", error.Message, StringComparison.Ordinal);
    }

    private static ModelHubOptions From(params (string Name, string Value)[] variables) =>
        ModelHubOptions.FromEnvironment(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
