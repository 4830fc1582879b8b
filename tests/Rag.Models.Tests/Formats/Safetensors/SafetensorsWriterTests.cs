using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Tests.Formats.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rag-writer-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Write_TensorsOfSeveralTypes_AreReadBackByTheReader()
    {
        string path = Path.Combine(_folder.FullName, "a.safetensors");
        byte[] singles = new byte[24];
        BitConverter.TryWriteBytes(singles.AsSpan(20), 2.5f);
        SafetensorsWriter.Write(
            path,
            [
                new TensorContent("bytes", TensorDataType.Int8, [3], new byte[] { 1, 2, 255 }),
                new TensorContent("half", TensorDataType.Float16, [], BitConverter.GetBytes((Half)1.5f)),
                new TensorContent("a \"name\"", TensorDataType.Float32, [2, 3], singles),
                new TensorContent("nothing", TensorDataType.Float32, [0, 7], ReadOnlyMemory<byte>.Empty),
            ],
            new Dictionary<string, string> { ["made"] = "by a test" });

        using SafetensorsFile file = SafetensorsFile.Open(path);

        Assert.Equal(["a \"name\"", "nothing", "half", "bytes"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([2, 3], file.Require("a \"name\"").Shape);
        Assert.Equal([0, 0, 0, 0, 0, 2.5f], file.ReadSingles(file.Require("a \"name\"")));
        Assert.Equal([1.5f], file.ReadSingles(file.Require("half")));
        byte[] bytes = new byte[3];
        file.ReadBytes(file.Require("bytes"), bytes);
        Assert.Equal([1, 2, 255], bytes);
        Assert.Equal(0, file.Tensors[0].Offset % 8);
        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
    }

    [Theory]
    [InlineData("", 3, 3)]
    [InlineData("__metadata__", 3, 3)]
    [InlineData("twice", 3, 3)]
    [InlineData("short", 4, 3)]
    [InlineData("long", long.MaxValue, 3)]
    public void Write_TensorThatTheFormatCannotHold_LeavesNoFile(string name, long size, int bytes)
    {
        string path = Path.Combine(_folder.FullName, "a.safetensors");
        TensorContent[] tensors = [new("twice", TensorDataType.Int8, [1], new byte[1]), new(name, TensorDataType.Int8, [size], new byte[bytes])];

        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, tensors));
        Assert.Empty(Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void Write_FolderThatIsMissing_IsUnavailable()
    {
        string path = Path.Combine(_folder.FullName, "missing", "a.safetensors");

        Assert.Throws<UnavailableException>(() => SafetensorsWriter.Write(path, []));
    }
}
