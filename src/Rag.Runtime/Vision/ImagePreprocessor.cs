using Rag.Models.Configuration;
using Rag.Runtime.ImageText;

namespace Rag.Runtime.Vision;

/// <summary>
/// Pixels to a model's numbers: resize, cut out the middle, scale, normalise (transformers image_processing_clip.py and
/// image_transforms.py). Opacity is left aside, as there. Immutable.
/// </summary>
internal sealed class ImagePreprocessor
{
    private const int Colors = 3;
    private readonly ImageConfiguration _config;
    private readonly long _maxPixels;

    /// <param name="config">What the model's files say.</param>
    /// <param name="imageSize">Pixels of a side of what the model takes.</param>
    /// <param name="maxPixels">The most pixels of a resized image.</param>
    /// <param name="location">The model's folder.</param>
    /// <exception cref="IncompatibleException">What comes out is not what the model takes.</exception>
    public ImagePreprocessor(ImageConfiguration config, int imageSize, long maxPixels, string location)
    {
        (_config, ImageSize, _maxPixels) = (config, imageSize, maxPixels);
        (int?, int?) size = config.Crop is { } crop ? (crop.Height, crop.Width) : (config.Height, config.Width);
        if (size != (imageSize, imageSize))
        {
            throw new IncompatibleException($"The model {location} takes images of {imageSize} x {imageSize} pixels, but its preprocessor_config.json makes others.", location);
        }
    }

    /// <summary>Pixels of a side of what comes out.</summary>
    public int ImageSize { get; }

    /// <summary>Writes an image as [colour, row, column].</summary>
    /// <exception cref="LimitExceededException">The image is so long and thin that it would become huge.</exception>
    public void Write(PixelImage image, Span<float> numbers)
    {
        (int Height, int Width) size = Resized(image.Height, image.Width);
        if ((long)Math.Max(size.Height, image.Height) * size.Width is var pixels && pixels > _maxPixels)
        {
            throw new LimitExceededException(nameof(ImageTextEncoderOptions.MaxResizedPixels), _maxPixels, pixels, "The resized image");
        }

        byte[] resized = ImageResizer.Resize(Rgb(image), Colors, (image.Height, image.Width), size, _config.IsBicubic);
        int top = (int)Math.Floor((size.Height - ImageSize) / 2d), left = (int)Math.Floor((size.Width - ImageSize) / 2d);
        for (int c = 0; c < Colors; c++)
        {
            (float mean, float deviation) = ((float)_config.Mean[c], (float)_config.Deviation[c]);
            for (int y = 0; y < ImageSize; y++)
            {
                for (int x = 0; x < ImageSize; x++)
                {
                    (int row, int column) = (y + top, x + left);
                    bool inside = row >= 0 && row < size.Height && column >= 0 && column < size.Width;
                    float value = inside ? (float)(resized[(((row * size.Width) + column) * Colors) + c] * _config.RescaleFactor) : 0;
                    numbers[(((c * ImageSize) + y) * ImageSize) + x] = (value - mean) / deviation;
                }
            }
        }
    }

    // The longer side is rounded down.
    private (int Height, int Width) Resized(int height, int width)
    {
        if (_config.ShortestEdge is not { } edge)
        {
            return (_config.Height ?? height, _config.Width ?? width);
        }

        int longer = (int)Math.Min((long)edge * Math.Max(height, width) / Math.Min(height, width), int.MaxValue);
        return width <= height ? (longer, edge) : (edge, longer);
    }

    private static byte[] Rgb(PixelImage image)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        byte[] colors = new byte[(long)image.Width * image.Height * Colors];
        for (int from = 0, to = 0; from < pixels.Length; from += PixelImage.Channels, to += Colors)
        {
            pixels.Slice(from, Colors).CopyTo(colors.AsSpan(to));
        }

        return colors;
    }
}
