using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Tests.Support.SafetensorsWriter;

namespace Rag.Models.Tests.Formats.Safetensors;

public sealed class SafetensorsFolderTests
{
    private const string Index = "model.safetensors.index.json";

    [Fact]
    public void Open_Shards_FindsEveryTensor()
    {
        using TemporaryFolder folder = Shards("""{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""");
        using SafetensorsFolder weights = SafetensorsFolder.Open(folder.FolderPath);
        Assert.Equal(["a", "b"], weights.Names.Order());
        Assert.Equal<float>([1], weights.ReadSingles("a"));
        Assert.Equal<float>([2], weights.ReadSingles("b"));
        Assert.Null(weights.Find("c"));
        Assert.Throws<IncompatibleException>(() => weights.ReadSingles("c"));
    }

    [Theory]
    [InlineData("../one.safetensors")]
    [InlineData("/etc/passwd")]
    [InlineData("sub/one.safetensors")]
    [InlineData("..\\\\one.safetensors")]
    [InlineData("C:one.safetensors")]
    [InlineData("..")]
    [InlineData("")]
    public void Open_ShardNameThatIsNoPlainFile_IsRefused(string name)
    {
        using TemporaryFolder folder = Shards("{\"weight_map\":{\"a\":\"" + name + "\"}}");
        Assert.Contains("plain file names", Assert.Throws<CorruptException>(() => SafetensorsFolder.Open(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"three.safetensors"}}""", "lacks the file 'three.safetensors'")]
    [InlineData("""{"weight_map":{"x":"one.safetensors"}}""", "lacks the tensor 'x'")]
    [InlineData("""{"weight_map":{"a":7}}""", "is not a file name")]
    [InlineData("""{"weight_map":[]}""", "weight_map")]
    [InlineData("[]", "weight_map")]
    [InlineData("{", "not valid JSON")]
    [InlineData("", "is empty")]
    public void Open_BadIndex_SaysWhatIsWrong(string index, string message)
    {
        using TemporaryFolder folder = Shards(index);
        Assert.Contains(message, Assert.ThrowsAny<RagException>(() => SafetensorsFolder.Open(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_LinkOutOfTheFolder_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using TemporaryFolder outside = Shards("{}");
        using TemporaryFolder folder = new();
        File.CreateSymbolicLink(folder.File("model.safetensors"), outside.File("one.safetensors"));
        Assert.Contains("leads out of the model folder", Assert.Throws<CorruptException>(() => SafetensorsFolder.Open(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SnapshotOfTheHubCache_FollowsItsLinks()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using TemporaryFolder cache = new();
        Directory.CreateDirectory(cache.File("blobs"));
        Directory.CreateDirectory(cache.File("snapshots", "abc"));
        SafetensorsWriter.Write(cache.File("blobs", "0123"), [("a", [1], [1])]);
        File.CreateSymbolicLink(cache.File("snapshots", "abc", "model.safetensors"), "../../blobs/0123");
        using SafetensorsFolder weights = SafetensorsFolder.Open(cache.File("snapshots", "abc"));
        Assert.Equal(cache.File("blobs", "0123"), weights.Find("a")!.FilePath);
    }

    [Fact]
    public void Open_NoWeights_SaysSo()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("has no weights", Assert.Throws<UnavailableException>(() => SafetensorsFolder.Open(folder.FolderPath)).Message, StringComparison.Ordinal);
    }

    private static TemporaryFolder Shards(string index)
    {
        TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder.File("one.safetensors"), [("a", [1], [1])]);
        SafetensorsWriter.Write(folder.File("two.safetensors"), [("b", [1], [2])]);
        File.WriteAllText(folder.File(Index), index);
        return folder;
    }
}
