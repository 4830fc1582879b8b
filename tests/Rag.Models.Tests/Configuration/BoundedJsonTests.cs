using System.Text;
using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Configuration;

public sealed class BoundedJsonTests
{
    [Fact]
    public void Read_NonFiniteWordsOfPython_BecomeTexts()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("a.json"), """{"limit": [0.0, Infinity], "low": -Infinity, "nan": NaN, "text": "NaN \"Infinity\" \\"}""");
        using JsonDocument read = BoundedJson.Read(folder.File("a.json"), 1000);
        Assert.Equal("Infinity", read.RootElement.GetProperty("limit")[1].GetString());
        Assert.Equal("-Infinity", read.RootElement.GetProperty("low").GetString());
        Assert.Equal("NaN", read.RootElement.GetProperty("nan").GetString());
        Assert.Equal("NaN \"Infinity\" \\", read.RootElement.GetProperty("text").GetString());
    }

    [Fact]
    public void Read_ByteOrderMark_IsSkipped()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("a.json"), "{}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using JsonDocument read = BoundedJson.Read(folder.File("a.json"), 1000);
        Assert.Equal(JsonValueKind.Object, read.RootElement.ValueKind);
    }

    [Fact]
    public void Read_TooLargeOrTooDeep_IsRefused()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("large.json"), new string(' ', 1001));
        File.WriteAllText(folder.File("deep.json"), new string('[', 1000));
        Assert.Throws<LimitExceededException>(() => BoundedJson.Read(folder.File("large.json"), 1000));
        Assert.Throws<CorruptException>(() => BoundedJson.Read(folder.File("deep.json"), 1000));
        Assert.Throws<UnavailableException>(() => BoundedJson.Read(folder.File("absent.json"), 1000));
    }
}
