using System.Buffers.Binary;

namespace Rag.Runtime.Vision.Png;

/// <summary>What the IHDR chunk says (section 11.2.1), checked.</summary>
internal readonly record struct PngHeader(int Width, int Height, int BitDepth, PngColor Color, bool Interlaced)
{
    public const int Length = 13;

    /// <summary>Numbers of a pixel as it is stored.</summary>
    public int Samples => Color switch
    {
        PngColor.Rgb => 3,
        PngColor.GreyAlpha => 2,
        PngColor.Rgba => 4,
        _ => 1,
    };

    /// <summary>Bits of a pixel as it is stored.</summary>
    public int BitsPerPixel => Samples * BitDepth;

    /// <summary>Bytes of a row of so many pixels, without the byte that names its filter.</summary>
    public long RowBytes(int width) => (((long)width * BitsPerPixel) + 7) / 8;

    public static PngHeader Read(ReadOnlySpan<byte> data, string name, PngOptions options)
    {
        if (data.Length != Length)
        {
            throw new CorruptException($"{name}: the IHDR chunk has {data.Length} bytes, not {Length}.", name);
        }

        uint width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue)
        {
            throw new CorruptException($"{name}: the size {width} x {height} is out of the format's range.", name);
        }

        if ((long)width * height is var pixels && pixels > options.MaxPixels)
        {
            throw new LimitExceededException(nameof(PngOptions.MaxPixels), options.MaxPixels, pixels, name);
        }

        (int depth, PngColor color) = (data[8], (PngColor)data[9]);
        bool known = color switch
        {
            PngColor.Grey => depth is 1 or 2 or 4 or 8 or 16,
            PngColor.Palette => depth is 1 or 2 or 4 or 8,
            PngColor.Rgb or PngColor.GreyAlpha or PngColor.Rgba => depth is 8 or 16,
            _ => false,
        };
        return known && data[10] == 0 && data[11] == 0 && data[12] <= 1
            ? new PngHeader((int)width, (int)height, depth, color, data[12] == 1)
            : throw new CorruptException($"{name}: the IHDR chunk names the colour type {data[9]} with {depth} bits, compression {data[10]}, filter {data[11]} and interlacing {data[12]}, which the format does not have.", name);
    }
}
