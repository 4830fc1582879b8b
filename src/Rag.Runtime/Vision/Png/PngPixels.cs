using System.Buffers.Binary;

namespace Rag.Runtime.Vision.Png;

/// <summary>Rows of stored pixels to red, green, blue and opacity.</summary>
internal sealed class PngPixels(PngChunks chunks, byte[] pixels, string name)
{
    private readonly PngHeader _header = chunks.Header;

    /// <summary>Reads one pass.</summary>
    /// <exception cref="EndOfStreamException">The pixels end too early.</exception>
    public void Read(PngPass pass, Stream inflated)
    {
        int columns = pass.Columns(_header);
        int length = columns == 0 ? 0 : checked((int)_header.RowBytes(columns));
        byte[] row = new byte[length], above = new byte[length];
        Span<byte> filter = stackalloc byte[1];
        for (int y = 0; columns > 0 && y < pass.Rows(_header); y++)
        {
            inflated.ReadExactly(filter);
            inflated.ReadExactly(row);
            if (!PngFilter.Undo(filter[0], row, above, Math.Max(1, _header.BitsPerPixel / 8)))
            {
                throw new CorruptException($"{name}: a row names the filter {filter[0]}; there are 0 to 4.", name);
            }

            for (int x = 0; x < columns; x++)
            {
                long place = ((long)(pass.Y + (y * pass.StepY)) * _header.Width) + pass.X + (x * pass.StepX);
                Write(row, x, pixels.AsSpan(checked((int)(place * PixelImage.Channels)), PixelImage.Channels));
            }

            (row, above) = (above, row);
        }
    }

    private void Write(ReadOnlySpan<byte> row, int x, Span<byte> pixel)
    {
        switch (_header.Color)
        {
            case PngColor.Palette:
                WriteColor(Sample(row, x), pixel);
                break;
            case PngColor.Grey:
                int grey = Sample(row, x);
                pixel[..3].Fill(_header.BitDepth == 16 ? (byte)(grey >> 8) : (byte)(grey * 255 / ((1 << _header.BitDepth) - 1)));
                pixel[3] = IsTransparent(grey) ? (byte)0 : byte.MaxValue;
                break;
            case PngColor.GreyAlpha:
                pixel[..3].Fill(Upper(row, 2 * x));
                pixel[3] = Upper(row, (2 * x) + 1);
                break;
            default:
                int samples = _header.Samples;
                for (int i = 0; i < samples; i++)
                {
                    pixel[i] = Upper(row, (samples * x) + i);
                }

                if (samples == 3)
                {
                    pixel[3] = IsTransparent(Sample(row, 3 * x), Sample(row, (3 * x) + 1), Sample(row, (3 * x) + 2)) ? (byte)0 : byte.MaxValue;
                }

                break;
        }
    }

    private void WriteColor(int index, Span<byte> pixel)
    {
        ReadOnlySpan<byte> palette = chunks.Palette.Span;
        if (3 * index >= palette.Length)
        {
            throw new CorruptException($"{name}: a pixel names the colour {index} of a palette of {palette.Length / 3}.", name);
        }

        palette.Slice(3 * index, 3).CopyTo(pixel);
        pixel[3] = index < chunks.Transparency.Length ? chunks.Transparency.Span[index] : byte.MaxValue;
    }

    private bool IsTransparent(params ReadOnlySpan<int> samples)
    {
        ReadOnlySpan<byte> transparent = chunks.Transparency.Span;
        for (int i = 0; i < samples.Length; i++)
        {
            if (transparent.IsEmpty || BinaryPrimitives.ReadUInt16BigEndian(transparent[(2 * i)..]) != samples[i])
            {
                return false;
            }
        }

        return true;
    }

    // The number as it is stored.
    private int Sample(ReadOnlySpan<byte> row, int index) => _header.BitDepth switch
    {
        16 => BinaryPrimitives.ReadUInt16BigEndian(row[(2 * index)..]),
        8 => row[index],
        int bits => (row[index * bits / 8] >> (8 - bits - (index * bits % 8))) & ((1 << bits) - 1),
    };

    private byte Upper(ReadOnlySpan<byte> row, int index) => row[_header.BitDepth == 16 ? 2 * index : index];
}
