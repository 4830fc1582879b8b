using System.Text.Json;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;
using SafetensorsWriter = Rag.Tests.Support.SafetensorsWriter;

namespace Rag.Models.Tests.Formats.Safetensors;

public sealed class SafetensorsFileTests
{
    /// <summary>Every file of the reference set with what its index says is wrong.</summary>
    public static TheoryData<string, string> Files
    {
        get
        {
            TheoryData<string, string> files = [];
            if (SharedData.Find("fixtures", "safetensors-bad", "index.json") is { } index)
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

    [Theory]
    [MemberData(nameof(Files))]
    public void Open_ReferenceSet_BehavesAsItsIndexSays(string name, string wrong)
    {
        string path = SharedData.Require("fixtures", "safetensors-bad", name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Exception? error = Record.Exception(() => SafetensorsFile.Open(path).Dispose());
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, 0, (4 * new FileInfo(path).Length) + 200_000);
        if (wrong.StartsWith("NOT bad", StringComparison.Ordinal))
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
            Assert.True(error is UnsupportedException || ((CorruptException)error).Offset is >= 0, $"No offset: {error.Message}");
        }
    }

    [Theory]
    [InlineData("dtype-unknown", "dtype", "F33")]
    [InlineData("missing-shape", "shape", "no shape")]
    [InlineData("offsets-hole", "data_offsets", "hole")]
    [InlineData("offsets-overlap", "data_offsets", "overlaps")]
    [InlineData("shape-overflow", "shape", "does not fill")]
    [InlineData("json-duplicate-name", "name", "twice")]
    [InlineData("offsets-trailing", "after its last tensor", "8 bytes")]
    public void Open_BadFile_NamesTheField(string file, string field, string what)
    {
        string path = SharedData.Require("fixtures", "safetensors-bad", file + ".safetensors");
        string message = Assert.ThrowsAny<RagException>(() => SafetensorsFile.Open(path)).Message;
        Assert.Contains(field, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSingles_EveryFloatWidth_IsExact()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("t.safetensors");
        WriteRaw(path, """{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},"f":{"dtype":"F32","shape":[],"data_offsets":[8,12]},"i":{"dtype":"I64","shape":[1],"data_offsets":[12,20]}}""",
            [0x00, 0x3E, 0x01, 0x80, 0xC0, 0x3F, 0x80, 0xFF, 0x00, 0x00, 0x20, 0xC1, 1, 0, 0, 0, 0, 0, 0, 0]);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal<float>([1.5f, -5.9604645E-08f], file.ReadSingles(file.Require("h")));
        Assert.Equal<float>([1.5f, float.NegativeInfinity], file.ReadSingles(file.Require("b")));
        Assert.Equal<float>([-10f], file.ReadSingles(file.Require("f")));
        Assert.Throws<UnsupportedException>(() => file.ReadSingles(file.Require("i")));
        Assert.Throws<IncompatibleException>(() => file.Require("x"));
        Assert.Equal("BF16 [2]", file.Find("b")!.Describe());
    }

    [Theory]
    [InlineData("F8_E4M3", new byte[] { 0x00, 0x80, 0x38, 0xB8, 0x01, 0x07, 0x08, 0x7E, 0xFE, 0x7F, 0xFF }, new[] { 0f, -0f, 1f, -1f, 0.001953125f, 0.013671875f, 0.015625f, 448f, -448f, float.NaN, float.NaN })]
    [InlineData("F8_E5M2", new byte[] { 0x00, 0x3C, 0xBE, 0x01, 0x04, 0x7B, 0x7C, 0xFC, 0x7E }, new[] { 0f, 1f, -1.5f, 1.52587890625E-05f, 6.103515625E-05f, 57344f, float.PositiveInfinity, float.NegativeInfinity, float.NaN })]
    [InlineData("F8_E8M0", new byte[] { 0x7F, 0x80, 0x00, 0xFE, 0xFF }, new[] { 1f, 2f, 5.877472E-39f, 1.7014118E+38f, float.NaN })]
    [InlineData("F4", new byte[] { 0x10, 0x32, 0x54, 0x76, 0xF9 }, new[] { 0f, .5f, 1f, 1.5f, 2f, 3f, 4f, 6f, -.5f, -6f })]
    [InlineData("I8", new byte[] { 0, 127, 128, 255 }, new[] { 0f, 127f, -128f, -1f })]
    [InlineData("U8", new byte[] { 0, 127, 128, 255 }, new[] { 0f, 127f, 128f, 255f })]
    [InlineData("BOOL", new byte[] { 0, 1 }, new[] { 0f, 1f })]
    [InlineData("I16", new byte[] { 0x00, 0x80, 0xFF, 0x7F }, new[] { -32768f, 32767f })]
    [InlineData("U16", new byte[] { 0x00, 0x80, 0xFF, 0xFF }, new[] { 32768f, 65535f })]
    public void ReadSingles_SmallTypes_AreExact(string type, byte[] bytes, float[] expected)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("t.safetensors");
        WriteRaw(path, $$$"""{"t":{"dtype":"{{{type}}}","shape":[{{{expected.Length}}}],"data_offsets":[0,{{{bytes.Length}}}]}}""", bytes);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(expected, file.ReadSingles(file.Require("t")));
    }

    [Theory]
    [InlineData("I32", 4)]
    [InlineData("U32", 4)]
    [InlineData("I64", 8)]
    [InlineData("U64", 8)]
    [InlineData("F64", 8)]
    [InlineData("C64", 8)]
    [InlineData("F6_E2M3", 3)]
    [InlineData("F6_E3M2", 3)]
    public void ReadBytes_TypesThatSinglePrecisionDoesNotHold_AreReadAsBytesAlone(string type, int size)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("t.safetensors");
        byte[] bytes = [.. Enumerable.Range(1, size).Select(i => (byte)i)];
        WriteRaw(path, $$$"""{"t":{"dtype":"{{{type}}}","shape":[{{{(size == 3 ? 4 : 1)}}}],"data_offsets":[0,{{{size}}}]}}""", bytes);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        byte[] read = new byte[size];
        file.ReadBytes(file.Require("t"), read);
        Assert.Equal(bytes, read);
        Assert.Contains(type, Assert.Throws<UnsupportedException>(() => file.ReadSingles(file.Require("t"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSingles_AcrossManyPieces_KeepsTheOrder()
    {
        using TemporaryFolder folder = new();
        float[] values = [.. Enumerable.Range(0, 50_001).Select(i => i / 8f)];
        SafetensorsWriter.Write(folder.File("t.safetensors"), [("a", [50_001], values), ("z", [0, 3], [])]);
        using SafetensorsFile file = SafetensorsFile.Open(folder.File("t.safetensors"));
        Assert.Equal<float>(values, file.ReadSingles(file.Require("a")));
        Assert.Empty(file.ReadSingles(file.Require("z")));
    }

    [Fact]
    public void Open_EveryTruncation_IsRefused()
    {
        using TemporaryFolder folder = new();
        string whole = folder.File("whole.safetensors");
        SafetensorsWriter.Write(whole, [("a", [2, 2], [1, 2, 3, 4]), ("b", [1], [5])]);
        byte[] bytes = File.ReadAllBytes(whole);
        for (int length = 0; length < bytes.Length; length++)
        {
            string cut = folder.File("cut.safetensors");
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.Throws<CorruptException>(() => SafetensorsFile.Open(cut));
        }
    }

    [Fact]
    public void Open_HalfSurrogateInAName_IsRefused()
    {
        using TemporaryFolder folder = new();
        WriteRaw(folder.File("t.safetensors"), """{"\ud800":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", []);
        Assert.Throws<CorruptException>(() => SafetensorsFile.Open(folder.File("t.safetensors")));
    }

    [Fact]
    public void Open_AbsentFile_IsUnavailable() =>
        Assert.Throws<UnavailableException>(() => SafetensorsFile.Open(Path.Combine(Path.GetTempPath(), "no-such-file.safetensors")));

    private static void WriteRaw(string path, string header, byte[] data)
    {
        byte[] json = System.Text.Encoding.UTF8.GetBytes(header);
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)json.Length), .. json, .. data]);
    }
}
