using FsCheck;
using FsCheck.Fluent;
using Rag.Models.Packing;

namespace Rag.Models.Tests.Packing;

/// <summary>What rounding by blocks may change.</summary>
public sealed class BlockQuantizerTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Quantize_AnyRow_IsOffByNoMoreThanRoundingWithTheWidestScale(int bits) =>
        Prop.ForAll<int, byte, sbyte>((seed, columns, exponent) => Holds(seed, columns, exponent, new PackedForm(bits, 32))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public void Quantize_ValuesOnAGrid_GivesThemBack(int bits) => Prop.ForAll<int>(seed =>
    {
        Random random = new(seed);
        int most = bits == 4 ? 7 : 127;
        float[] row = [.. Enumerable.Range(0, 96).Select(i => (i % 32 == 0 ? most : random.Next(-most, most + 1)) * .25f)];
        return Widened(row, new PackedForm(bits, 32)).SequenceEqual(row);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Quantize_ZerosAndSubnormalNumbers_AreZeros()
    {
        float[] row = new float[64];
        row[40] = 1e-42f;
        foreach (int bits in (int[])[4, 8])
        {
            Assert.All(Widened(row, new PackedForm(bits, 32)), value => Assert.InRange(value, -1e-41f, 1e-41f));
        }
    }

    private static bool Holds(int seed, byte columns, sbyte exponent, PackedForm form)
    {
        Random random = new(seed);
        float[] row = [.. Enumerable.Range(0, columns + 1).Select(_ => MathF.ScaleB(random.NextSingle() - .5f, exponent / 4))];
        float[] back = Widened(row, form);
        for (int block = 0; block < form.Blocks(row.Length); block++)
        {
            int start = block * form.BlockSize;
            int end = Math.Min(start + form.BlockSize, row.Length);
            float most = row[start..end].Max(Math.Abs);
            float step = most / (form.Bits == 4 ? 7 : 127);
            double squares = 0;
            double widest = 0;
            for (int i = start; i < end; i++)
            {
                squares += Math.Pow(row[i] - back[i], 2);
                widest += Math.Pow(row[i] - (MathF.Round(row[i] / step) * step), 2);
                if (form.Bits == 8 && Math.Abs(row[i] - back[i]) > .5001f * step)
                {
                    return false;
                }
            }

            if (squares > (widest * 1.0001) + 1e-30)
            {
                return false;
            }
        }

        return true;
    }

    // The plain meaning of the form, written once more.
    private static float[] Widened(float[] row, PackedForm form)
    {
        byte[] numbers = new byte[form.Blocks(row.Length) * form.BlockBytes];
        float[] scales = new float[form.Blocks(row.Length)];
        BlockQuantizer.Quantize(row, form, numbers, scales);
        return [.. Enumerable.Range(0, row.Length).Select(i =>
            ((form.Bits == 8 ? numbers[i] : (numbers[i / 2] >> (4 * (i % 2))) & 15) - form.Zero) * scales[i / form.BlockSize])];
    }
}
