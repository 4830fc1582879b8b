namespace Rag.Runtime.Vision.Png;

/// <summary>The limits of <see cref="PngReader"/>.</summary>
public sealed class PngOptions
{
    /// <summary>The most pixels of an image, 50,000,000 by default: 200 MB in memory.</summary>
    public long MaxPixels { get; set; } = 50_000_000;

    /// <summary>The most bytes of a file, 64 MiB by default.</summary>
    public long MaxFileBytes { get; set; } = 64 << 20;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxPixels, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxPixels, Array.MaxLength / PixelImage.Channels);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxFileBytes, 1);
    }
}
