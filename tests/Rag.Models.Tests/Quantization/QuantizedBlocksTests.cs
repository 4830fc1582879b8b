using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Quantization;

namespace Rag.Models.Tests.Quantization;

/// <summary>Rows and blocks as bytes.</summary>
public sealed class QuantizedBlocksTests
{
    [Fact]
    public void Int8Rows_KnownRow_GivesTheBytesAndTheScale()
    {
        TensorContent[] stored = Int8Rows.Quantize("w", [127, -127, 1.4f, -1.6f, 0, 0, 0, 0], 4);
        Assert.Equal(["w", "w.scales"], stored.Select(tensor => tensor.Name));
        Assert.Equal([127, -127, 1, -2, 0, 0, 0, 0], stored[0].Bytes.ToArray().Select(value => (int)(sbyte)value));
        Assert.Equal([1f, 0f], Scales(stored[1]));
        Assert.Equal([2L], stored[1].Shape);
    }

    [Fact]
    public void Int4Blocks_KnownBlock_PacksTheFirstOfTwoIntoTheLowHalf()
    {
        float[] block = new float[32];
        (block[0], block[1], block[30], block[31]) = (7, -7, 3, 0);
        TensorContent[] stored = Int4Blocks.Quantize("w", block, 32);
        byte[] bytes = stored[0].Bytes.ToArray();
        Assert.Equal([1L, 16L], stored[0].Shape);
        Assert.Equal([1L, 1L], stored[1].Shape);
        Assert.Equal([1f], Scales(stored[1]));
        Assert.Equal(0x1F, bytes[0]);
        Assert.Equal(0x8B, bytes[15]);
        Assert.All(bytes[1..15], value => Assert.Equal(0x88, value));
    }

    [Fact]
    public void Int8Rows_AnyRow_IsWithinHalfAStep()
    {
        Gen<float> value = Gen.Choose(-1_000_000, 1_000_000).Select(number => number / 1000f);
        Gen<(float[] Row, int Exponent)> rows = value.ArrayOf(8).SelectMany(_ => Gen.Choose(-60, 20), (row, exponent) => (row, exponent));
        Prop.ForAll(rows.ToArbitrary(), given =>
        {
            float[] row = [.. given.Row.Select(x => x * MathF.Pow(2, given.Exponent / 2f))];
            TensorContent[] stored = Int8Rows.Quantize("w", row, row.Length);
            float scale = Scales(stored[1])[0];
            float least = (float)Half.Epsilon;
            return row.Zip(stored[0].Bytes.ToArray(), (x, number) => MathF.Abs(x - ((sbyte)number * scale)) <= (.5001f * scale) + (scale == 0 ? 64 * least : 0)).All(near => near);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Int4Blocks_SearchedScale_IsNeverWorseThanTheWidest()
    {
        Random random = new(7);
        for (int round = 0; round < 100; round++)
        {
            float[] block = [.. Enumerable.Range(0, 32).Select(_ => (float)((random.NextDouble() - .5) * (random.NextDouble() - .5)))];
            TensorContent[] stored = Int4Blocks.Quantize("w", block, 32);
            float scale = Scales(stored[1])[0];
            byte[] bytes = stored[0].Bytes.ToArray();
            float[] back = [.. Enumerable.Range(0, 32).Select(i => (((bytes[i / 2] >> (4 * (i % 2))) & 15) - 8) * scale)];
            Half widest = QuantizationScale.Of(block, 7);
            float[] plain = [.. block.Select(x => QuantizationScale.Round(x, widest, -7, 7) * (float)widest)];
            Assert.True(Error(block, back) <= Error(block, plain) + 1e-6f);
            Assert.Equal(Error(block, back), Int4Blocks.Error(block, (Half)scale), 1e-5f);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(-8)]
    public void Int4Blocks_LoneGreatestValueOfEitherSign_GetsTheEighthLevel(float greatest)
    {
        float[] block = [.. Enumerable.Range(0, 32).Select(i => i == 5 ? greatest : (i % 15) - 7)];
        Assert.Equal(0, Int4Blocks.Error(block, (Half)(-Math.Sign(greatest))));
        Assert.InRange(Int4Blocks.Error(block, Int4Blocks.BestScale(block)), 0, .5f);
    }

    private static float Error(float[] expected, float[] actual) => expected.Zip(actual, (x, y) => (x - y) * (x - y)).Sum();

    private static float[] Scales(TensorContent scales) =>
        [.. Enumerable.Range(0, scales.Bytes.Length / 2).Select(i => (float)BinaryPrimitives.ReadHalfLittleEndian(scales.Bytes.Span[(2 * i)..]))];
}
