namespace Rag.Runtime.Vision;

/// <summary>An image as pixels of eight bits a colour: red, green, blue, opacity. The pixels are not copied; leave them as they are.</summary>
public sealed class PixelImage
{
    /// <summary>Numbers of a pixel.</summary>
    public const int Channels = 4;

    private readonly byte[] _pixels;

    /// <summary>Creates an image.</summary>
    /// <param name="width">Pixels of a row, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="pixels">[height, width, 4], from the top left corner.</param>
    /// <exception cref="ArgumentException">The number of bytes is not that of the pixels.</exception>
    public PixelImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        _pixels = pixels.Length == (long)width * height * Channels
            ? pixels
            : throw new ArgumentException($"An image of {width} x {height} pixels has {(long)width * height * Channels} bytes, not {pixels.Length}.", nameof(pixels));
        (Width, Height) = (width, height);
    }

    /// <summary>Pixels of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[height, width, 4]: red, green, blue, opacity (255 for none of what lies behind).</summary>
    public ReadOnlySpan<byte> Pixels => _pixels;
}
