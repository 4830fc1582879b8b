using Rag.Models.Formats.Gguf;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Formats.Gguf;

public sealed class GgufFileSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Open_AnyPart_HasTheTensorsOfAllAndTheMetadataOfTheFirst(int part)
    {
        WriteParts();
        using GgufFileSet set = GgufFileSet.Open(PartPath(part));
        Assert.Equal("llama", set.Metadata.Text("general.architecture"));
        Assert.Equal(["a", "b", "c"], set.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2f], set.Holding("c")!.ReadSingles(set.Holding("c")!.Require("c")));
        Assert.Null(set.Holding("d"));
        Assert.Equal(3, set.Files.Count);
    }

    [Fact]
    public void Open_SingleFileWithAnyName_IsOneFile()
    {
        new GgufWriter().Add("general.architecture", "llama").AddSingles("a", [1], [1]).Write(_folder.File("x.gguf"));
        using GgufFileSet set = GgufFileSet.Open(_folder.File("x.gguf"));
        Assert.Single(set.Files);
    }

    [Fact]
    public void Open_MissingPart_IsUnavailable()
    {
        WriteParts();
        File.Delete(PartPath(2));
        Assert.Contains("00002-of-00003", Assert.Throws<UnavailableException>(() => GgufFileSet.Open(PartPath(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PartUnderAnotherName_IsCorrupt()
    {
        WriteParts();
        File.Move(PartPath(1), _folder.File("other.gguf"));
        Assert.Contains("split.count", Assert.Throws<CorruptException>(() => GgufFileSet.Open(_folder.File("other.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_PartsInTheWrongPlaces_IsCorrupt()
    {
        WriteParts();
        File.Copy(PartPath(2), PartPath(3), overwrite: true);
        Assert.Contains("split.no", Assert.Throws<CorruptException>(() => GgufFileSet.Open(PartPath(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FewerTensorsThanStated_IsCorrupt()
    {
        WriteParts(tensors: 4);
        Assert.Contains("split.tensors.count", Assert.Throws<CorruptException>(() => GgufFileSet.Open(PartPath(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ATensorInTwoParts_IsCorrupt()
    {
        WriteParts(last: "b");
        Assert.Contains("both hold", Assert.Throws<CorruptException>(() => GgufFileSet.Open(PartPath(1))).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private string PartPath(int part) => _folder.File($"m-0000{part}-of-00003.gguf");

    private void WriteParts(int tensors = 3, string last = "c")
    {
        for (int i = 0; i < 3; i++)
        {
            GgufWriter writer = new GgufWriter().Add("split.no", (ushort)i).Add("split.count", (ushort)3).Add("split.tensors.count", tensors);
            if (i == 0)
            {
                writer.Add("general.architecture", "llama");
            }

            writer.AddSingles(i == 2 ? last : i == 1 ? "b" : "a", [1], [i]).Write(PartPath(i + 1));
        }
    }
}
