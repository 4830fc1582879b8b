using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Rag.Runtime.Vision;
using Rag.Runtime.Vision.Png;

namespace Rag.Runtime.Tests.Vision;

public sealed class PngReaderTests
{
    [Fact]
    public void Read_ImagesOfEveryKind_GivesTheirPixels() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            (int depth, int color) = PngWriter.Kinds[random.Next(PngWriter.Kinds.Length)];
            (int width, int height) = (random.Next(1, 20), random.Next(1, 20));
            int colors = 1 << Math.Min(depth, 8);
            byte[] palette = new byte[3 * colors];
            random.NextBytes(palette);
            byte[] transparency = new byte[color switch { 0 => 2, 2 => 6, _ => random.Next(colors + 1) }];
            random.NextBytes(transparency);
            PngWriter writer = new(width, height, depth, color)
            {
                Palette = color == 3 ? palette : null,
                Transparency = color is 0 or 2 or 3 && random.Next(2) == 0 ? transparency : null,
                Interlaced = random.Next(2) == 0,
                Filters = [.. Enumerable.Range(0, 7).Select(_ => random.Next(5))],
                ChunkBytes = random.Next(1, 200),
            };
            int[] samples = [.. Enumerable.Range(0, width * height * writer.Samples).Select(_ => random.Next(1 << depth))];
            if (writer.Transparency is not null && color != 3)
            {
                // A colour that is there.
                for (int i = 0; i < writer.Samples; i++)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(transparency.AsSpan(2 * i), (ushort)samples[i]);
                }
            }

            PixelImage image = PngReader.Read(writer.Write(samples));
            Assert.Equal((width, height), (image.Width, image.Height));
            Assert.Equal(Expected(writer, samples, depth, color, palette), image.Pixels.ToArray());
        }));

    [Fact]
    public void Read_CutOffAnywhere_IsCorrupt()
    {
        byte[] file = Sample();
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Throws<CorruptException>(() => PngReader.Read(file.AsMemory(0, length)));
        }
    }

    [Fact]
    public void Read_AnyBitTurned_IsRefused()
    {
        byte[] file = Sample();
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] turned = [.. file];
            turned[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.ThrowsAny<RagException>(() => PngReader.Read(turned));
        }
    }

    [Fact]
    public void Read_ChunksWithMadeUpContents_GivesAnImageOrARefusal() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            // Changed, and its checks made right again.
            Random random = new(seed);
            byte[] file = Sample();
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                file[random.Next(8, file.Length)] = random.Next(3) == 0 ? byte.MaxValue : (byte)random.Next(256);
            }

            for (int at = 8; at + 12 <= file.Length;)
            {
                long length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
                if (length > file.Length - at - 12)
                {
                    break;
                }

                BinaryPrimitives.WriteUInt32BigEndian(file.AsSpan(at + 8 + (int)length), PngWriter.Check(file.AsSpan(at + 4, 4 + (int)length)));
                at += 12 + (int)length;
            }

            try
            {
                PixelImage image = PngReader.Read(file, new PngOptions { MaxPixels = 100_000 });
                Assert.Equal(4 * image.Width * image.Height, image.Pixels.Length);
            }
            catch (RagException)
            {
            }
        }));

    [Fact]
    public void Read_ManyPixelsInFewBytes_AreRefusedBeforeTheyAreMade()
    {
        byte[] file = new PngWriter(20_000, 20_000, 8, 6).Write(new byte[100].AsSpan());
        Assert.Equal(nameof(PngOptions.MaxPixels), Assert.Throws<LimitExceededException>(() => PngReader.Read(file)).LimitName);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("cannot hold", Assert.Throws<CorruptException>(() => PngReader.Read(file, new PngOptions { MaxPixels = 400_000_000 })).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_FileAboveTheLimit_NamesTheLimit() => Assert.Equal(
        nameof(PngOptions.MaxFileBytes), Assert.Throws<LimitExceededException>(() => PngReader.Read(Sample(), new PngOptions { MaxFileBytes = 100 })).LimitName);

    [Theory]
    [InlineData("FFD8FFE000104A464946", "JPEG")]
    [InlineData("474946383961", "GIF")]
    [InlineData("524946460000000057454250", "WebP")]
    [InlineData("424D00000000", "BMP")]
    public void Read_OtherFormats_AreNamed(string bytes, string format) =>
        Assert.Contains($"a {format} file", Assert.Throws<UnsupportedException>(() => PngReader.Read(Convert.FromHexString(bytes))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_UnknownCriticalChunk_IsUnsupported()
    {
        using MemoryStream file = new();
        file.Write(Sample().AsSpan(0, 33));
        PngWriter.Chunk(file, "ABCD", [1]);
        file.Write(Sample().AsSpan(33));
        Assert.Contains("'ABCD'", Assert.Throws<UnsupportedException>(() => PngReader.Read(file.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_PaletteThatIsMissingOrTooShort_IsCorrupt()
    {
        Assert.Throws<CorruptException>(() => PngReader.Read(new PngWriter(2, 1, 8, 3).Write([0, 1])));
        Assert.Throws<CorruptException>(() => PngReader.Read(new PngWriter(2, 1, 8, 3) { Palette = [1, 2, 3] }.Write([0, 1])));
        Assert.Equal([1, 2, 3, 255, 1, 2, 3, 255], PngReader.Read(new PngWriter(2, 1, 8, 3) { Palette = [1, 2, 3] }.Write([0, 0])).Pixels.ToArray());
    }

    [Fact]
    public void Read_FileThatIsNotThere_IsUnavailable() => Assert.Throws<UnavailableException>(() => PngReader.Read(Path.Combine(Path.GetTempPath(), "no such.png")));

    private static byte[] Sample()
    {
        Random random = new(3);
        return new PngWriter(9, 7, 8, 3) { Palette = [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))], Transparency = [1, 2, 3], Interlaced = true, Filters = [0, 1, 2, 3, 4] }
            .Write([.. Enumerable.Range(0, 63).Select(_ => random.Next(16))]);
    }

    private static byte[] Expected(PngWriter writer, int[] samples, int depth, int color, byte[] palette) =>
    [
        .. samples.Chunk(writer.Samples).SelectMany(pixel =>
        {
            byte[] scaled = [.. pixel.Select(value => depth == 16 ? (byte)(value / 256) : (byte)Math.Round(value * 255.0 / ((1 << depth) - 1)))];
            bool clear = writer.Transparency is { } key && color != 3 && pixel.Index().All(sample => BinaryPrimitives.ReadUInt16BigEndian(key.AsSpan(2 * sample.Index)) == sample.Item);
            return color switch
            {
                0 => (byte[])[scaled[0], scaled[0], scaled[0], clear ? (byte)0 : (byte)255],
                2 => [.. scaled, clear ? (byte)0 : (byte)255],
                3 => [.. palette.AsSpan(3 * pixel[0], 3), writer.Transparency is { } opacity && pixel[0] < opacity.Length ? opacity[pixel[0]] : (byte)255],
                4 => [scaled[0], scaled[0], scaled[0], scaled[1]],
                _ => scaled,
            };
        }),
    ];
}
