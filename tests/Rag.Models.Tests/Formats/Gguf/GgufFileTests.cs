using System.Text.Json;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Formats.Gguf;

public sealed class GgufFileTests
{
    /// <summary>Every file of the bad set with what its index says is wrong.</summary>
    public static TheoryData<string, string> BadFiles
    {
        get
        {
            TheoryData<string, string> files = [];
            if (SharedData.Find("fixtures", "gguf", "bad", "index.json") is { } index)
            {
                using JsonDocument list = JsonDocument.Parse(File.ReadAllBytes(index));
                foreach (JsonElement entry in list.RootElement.EnumerateArray())
                {
                    files.Add(entry.GetProperty("file").GetString()!, entry.GetProperty("wrong").GetString()!);
                }
            }

            if (!files.Any())
            {
                files.Add("index.json", "absent");
            }

            return files;
        }
    }

    public static TheoryData<string> ValidFiles =>
        SharedData.Find("fixtures", "gguf", "valid") is { } folder && Directory.GetFiles(folder, "*.gguf") is { Length: > 0 } files
            ? [.. files.Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)]
            : ["big-endian.gguf"];

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void Open_BadSet_BehavesAsItsIndexSays(string name, string wrong)
    {
        string path = SharedData.Require("fixtures", "gguf", "bad", name);
        _ = Record.Exception(() => GgufFile.Open(path).Dispose());
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = Record.Exception(() => GgufFile.Open(path).Dispose());
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, (4 * new FileInfo(path).Length) + 100_000);
        if (wrong.StartsWith("NOT bad", StringComparison.Ordinal) || wrong.Contains("the container is fine", StringComparison.Ordinal))
        {
            Assert.Null(error);
        }
        else if (!wrong.Contains("an error or", StringComparison.Ordinal))
        {
            Assert.NotNull(error);
        }

        if (error is not null)
        {
            Assert.True(error is CorruptException or UnsupportedException, $"{error.GetType().Name} instead of Corrupt or Unsupported: {error.Message}");
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
            Assert.Contains(" at byte ", error.Message, StringComparison.Ordinal);
            Assert.True(error is UnsupportedException || ((CorruptException)error).Offset is >= 0, $"No offset: {error.Message}");
        }
    }

    [Theory]
    [InlineData("truncated-data", "offset of tensor", "past the end")]
    [InlineData("absurd-tensor-count", "tensor_count", "cannot hold")]
    [InlineData("key-length-overflow", "metadata key", "cannot hold")]
    [InlineData("array-length-huge", "metadata value", "cannot hold")]
    [InlineData("array-nested-deep", "metadata value", "deep")]
    [InlineData("dims-overflow", "shape", "more F32 data")]
    [InlineData("offsets-overlap", "offset of tensor", "within the tensor")]
    [InlineData("offset-overflow", "offset of tensor", "past the end")]
    [InlineData("row-not-a-multiple-of-block", "shape", "rows of 33")]
    [InlineData("type-removed", "type of tensor", "removed")]
    [InlineData("alignment-0", "general.alignment", "power of two")]
    [InlineData("version-99", "version", "99")]
    [InlineData("duplicate-key", "general.architecture", "twice")]
    public void Open_BadFile_NamesTheField(string file, string field, string what)
    {
        string path = SharedData.Require("fixtures", "gguf", "bad", file + ".gguf");
        string message = Assert.ThrowsAny<RagException>(() => GgufFile.Open(path)).Message;
        Assert.Contains(field, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(ValidFiles))]
    public void Open_ValidSet_HasTheExpectedMetadataAndTensors(string name)
    {
        string path = SharedData.Require("fixtures", "gguf", "valid", name);
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllBytes(SharedData.Require("fixtures", "gguf", "valid", "expected.json")));
        using SafetensorsFile tensors = SafetensorsFile.Open(SharedData.Require("fixtures", "gguf", "valid", "tensors.safetensors"));
        using GgufFile file = GgufFile.Open(path);
        bool nested = expected.RootElement.TryGetProperty(name, out JsonElement own);
        JsonElement metadata = nested ? own : expected.RootElement.EnumerateObject().First(property => property.Name.StartsWith("metadata", StringComparison.Ordinal)).Value;
        Assert.Equal(name == "big-endian.gguf", file.BigEndian);
        Assert.Equal(name == "version-2.gguf" ? 2 : 3, file.Version);
        foreach (JsonProperty property in metadata.EnumerateObject())
        {
            if (property.Name.StartsWith("tensor ", StringComparison.Ordinal))
            {
                Assert.Equal(property.Value.EnumerateArray().Select(value => value.GetSingle()), file.ReadSingles(file.Require(property.Name["tensor ".Length..])));
            }
            else
            {
                AssertSame(property.Value, file.Metadata.Value(property.Name), property.Name);
            }
        }

        if (!nested && file.Tensors.Count > 0)
        {
            Assert.Equal(tensors.Tensors.Select(tensor => tensor.Name).Order(), file.Tensors.Select(tensor => tensor.Name).Order());
            foreach (GgufTensorInfo tensor in file.Tensors)
            {
                Assert.Equal(tensors.Require(tensor.Name).Shape, tensor.Shape);
                GgufBlocksTests.AssertSameBits(tensors.ReadSingles(tensors.Require(tensor.Name)), file.ReadSingles(tensor));
            }
        }
        else if (!nested)
        {
            Assert.Equal("no-tensors.gguf", name);
        }
    }

    [Fact]
    public void Metadata_TypedReaders_TakeEveryWidthAndRefuseOtherKinds()
    {
        using GgufFile file = GgufFile.Open(SharedData.Require("fixtures", "gguf", "valid", "metadata-types.gguf"));
        GgufMetadata metadata = file.Metadata;
        Assert.Equal(255, metadata.Whole("meta.u8"));
        Assert.Equal(-32768, metadata.Whole("meta.i16"));
        Assert.Equal(-4611686018427387904, metadata.Whole("meta.i64"));
        Assert.Equal(.1f, metadata.Number("meta.f32"));
        Assert.Equal(.1, metadata.Number("meta.f64"));
        Assert.True(metadata.Boolean("meta.bool_true"));
        Assert.Equal(["", "a", "ß漢"], metadata.Texts("meta.arr_str")!);
        Assert.Equal([1, -2, 3], metadata.Wholes("meta.arr_i32")!);
        Assert.Equal([.5f, -1.25f], metadata.Singles("meta.arr_f32")!);
        Assert.Null(metadata.Text("absent"));
        Assert.Null(metadata.Value("absent"));
        Assert.Contains("meta.u64", Assert.Throws<CorruptException>(() => metadata.Whole("meta.u64")).Message, StringComparison.Ordinal);
        Assert.Throws<CorruptException>(() => metadata.Text("meta.u8"));
        Assert.Throws<CorruptException>(() => metadata.Texts("meta.arr_i32"));
        Assert.Throws<CorruptException>(() => metadata.Wholes("meta.str"));
    }

    [Fact]
    public void Open_EveryTruncation_IsRefused()
    {
        string source = SharedData.Require("fixtures", "gguf", "bad", "good.gguf");
        byte[] bytes = File.ReadAllBytes(source);
        using TemporaryFolder folder = new();
        string path = folder.File("cut.gguf");
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(path, bytes[..length]);
            Exception? error = Record.Exception(() => GgufFile.Open(path).Dispose());
            Assert.True(error is CorruptException, $"{length} of {bytes.Length} bytes: {error}");
        }
    }

    [Fact]
    public void Open_AbsentFile_IsUnavailable() =>
        Assert.Throws<UnavailableException>(() => GgufFile.Open(Path.Combine(Path.GetTempPath(), "no-such-file.gguf")));

    private static void AssertSame(JsonElement expected, object? actual, string key)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Array:
                object[] items = Assert.IsType<object[]>(actual);
                Assert.Equal(expected.GetArrayLength(), items.Length);
                for (int i = 0; i < items.Length; i++)
                {
                    AssertSame(expected[i], items[i], key);
                }

                break;
            case JsonValueKind.String:
                Assert.Equal(expected.GetString(), actual);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Assert.Equal(expected.GetBoolean(), actual);
                break;
            default:
                Assert.Equal(actual is float ? expected.GetSingle().ToString("R") : expected.GetRawText(), actual is IFormattable number ? number.ToString(null, System.Globalization.CultureInfo.InvariantCulture) : "no number: " + key);
                break;
        }
    }
}
