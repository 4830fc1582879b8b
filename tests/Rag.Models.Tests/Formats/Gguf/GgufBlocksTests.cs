using System.Runtime.InteropServices;
using Rag.Models.Formats.Gguf;
using Rag.Models.Formats.Gguf.Blocks;
using Rag.Models.Formats.Safetensors;
using Rag.Tests.Support;

namespace Rag.Models.Tests.Formats.Gguf;

public sealed class GgufBlocksTests
{
    /// <summary>Every type of the reference set.</summary>
    public static TheoryData<string> Types =>
        SharedData.Find("fixtures", "gguf", "quant") is { } folder && Directory.GetFiles(folder, "*.gguf") is { Length: > 0 } files
            ? [.. files.Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)]
            : ["q4_0"];

    [Theory]
    [MemberData(nameof(Types))]
    public void ReadSingles_ReferenceSet_IsEqualToTheLastBit(string type)
    {
        using GgufFile file = GgufFile.Open(SharedData.Require("fixtures", "gguf", "quant", type + ".gguf"));
        using SafetensorsFile expected = SafetensorsFile.Open(SharedData.Require("fixtures", "gguf", "quant", type + ".safetensors"));
        Assert.NotEmpty(file.Tensors);
        Assert.Equal(expected.Tensors.Count, file.Tensors.Count);
        foreach (GgufTensorInfo tensor in file.Tensors)
        {
            TensorInfo reference = expected.Require(tensor.Name);
            Assert.Equal(reference.Shape, tensor.Shape);
            if (reference.DataType == TensorDataType.Float32)
            {
                // The values of every floating-point type are given in single precision.
                Assert.True(!tensor.Format.IsQuantized || type.Equals(tensor.TypeName, StringComparison.OrdinalIgnoreCase));
                AssertSameBits(expected.ReadSingles(reference), file.ReadSingles(tensor));
                continue;
            }

            byte[] bytes = new byte[tensor.Length];
            byte[] referenceBytes = new byte[reference.Length];
            file.ReadBytes(tensor, bytes);
            expected.ReadBytes(reference, referenceBytes);
            Assert.Equal(reference.DataType.ToString().Replace("Int", "I").Replace("Float", "F"), tensor.TypeName);
            Assert.Equal(referenceBytes, bytes);
        }
    }

    [Fact]
    public void Types_OfTheReferenceSet_AreAllQuantisedTypesThatAreRead()
    {
        _ = SharedData.Require("fixtures", "gguf", "quant");
        string[] quantized = [.. BlockFormats.Names.Where(name => All(name).IsQuantized).Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal)];
        Assert.Equal(Types.Select(row => row.Data).Where(name => name != "plain"), quantized);
    }

    [Fact]
    public void Codebooks_HaveTheSizesThatTheirIndicesReach()
    {
        Assert.Equal([2048, 256, 512, 1024, 256, 512], new[] { Codebooks.Iq1, Codebooks.Iq2Xxs, Codebooks.Iq2Xs, Codebooks.Iq2S, Codebooks.Iq3Xxs, Codebooks.Iq3S }.Select(book => book.Count));
    }

    [Fact]
    public void Words_OfEveryFormat_LieWithinTheBlockInOrder()
    {
        foreach (string name in BlockFormats.Names)
        {
            int end = 0;
            foreach (WordField field in All(name).Words)
            {
                Assert.True(field.Offset >= end, name);
                end = field.Offset + (field.Count * field.Width);
            }

            Assert.True(end <= All(name).Bytes, name);
        }
    }

    internal static BlockFormat All(string name) => Enumerable.Range(0, 64).Select(id => BlockFormats.Find((uint)id)).First(format => format?.Name == name)!;

    internal static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(MemoryMarshal.Cast<float, int>(expected).ToArray(), MemoryMarshal.Cast<float, int>(actual).ToArray());
}
