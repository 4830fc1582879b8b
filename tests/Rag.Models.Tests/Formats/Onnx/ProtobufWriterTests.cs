using Rag.Models.Formats.Onnx;

namespace Rag.Models.Tests.Formats.Onnx;

/// <summary>Expected bytes follow the examples of protobuf.dev, "Encoding".</summary>
public sealed class ProtobufWriterTests
{
    [Theory]
    [InlineData(150, new byte[] { 0x08, 0x96, 0x01 })]
    [InlineData(0, new byte[] { 0x08, 0x00 })]
    [InlineData(-2, new byte[] { 0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    public void Int64_IsAVarint(long value, byte[] expected)
    {
        ProtobufWriter writer = new();
        writer.Int64(1, value);
        Assert.Equal(expected, writer.Written.ToArray());
    }

    [Fact]
    public void Text_Message_PackedAndSingle_AreLengthDelimited()
    {
        ProtobufWriter writer = new();
        writer.Text(2, "testing");
        writer.Message(3, m => m.Int64(1, 150));
        writer.PackedInt64(6, [3, 270, 86942]);
        writer.Single(20, 1);
        Assert.Equal(
            [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67, 0x1a, 0x03, 0x08, 0x96, 0x01, 0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05, 0xa5, 0x01, 0x00, 0x00, 0x80, 0x3f],
            writer.Written.ToArray());
    }
}
