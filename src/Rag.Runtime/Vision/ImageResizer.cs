namespace Rag.Runtime.Vision;

/// <summary>
/// Resizes bytes with the cubic filter (a = -.5) or the triangle, widened where the image shrinks, in whole numbers of 22 binary
/// places and with rounding to a byte between the two passes: bit for bit what Pillow does (src/libImaging/Resample.c).
/// </summary>
internal static class ImageResizer
{
    private const int Places = 32 - 8 - 2;

    /// <summary>Resizes an image.</summary>
    /// <param name="image">[height, width, channels].</param>
    /// <param name="channels">Numbers of a pixel.</param>
    /// <param name="size">The image's size.</param>
    /// <param name="wanted">The size wanted.</param>
    /// <param name="bicubic">Whether the filter is the cubic one.</param>
    /// <returns>[wanted height, wanted width, channels].</returns>
    public static byte[] Resize(byte[] image, int channels, (int Height, int Width) size, (int Height, int Width) wanted, bool bicubic)
    {
        byte[] wide = size.Width == wanted.Width ? image : Across(image, channels, size, wanted.Width, bicubic);
        return size.Height == wanted.Height ? wide : Down(wide, channels, (size.Height, wanted.Width), wanted.Height, bicubic);
    }

    private static byte[] Across(byte[] image, int channels, (int Height, int Width) size, int width, bool bicubic)
    {
        byte[] result = new byte[(long)size.Height * width * channels];
        Taps[] taps = Taps.Of(size.Width, width, bicubic);
        for (int y = 0; y < size.Height; y++)
        {
            ReadOnlySpan<byte> row = image.AsSpan(y * size.Width * channels, size.Width * channels);
            for (int x = 0; x < width; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    result[(((y * width) + x) * channels) + c] = Sum(taps[x], row, channels, c);
                }
            }
        }

        return result;
    }

    private static byte[] Down(byte[] image, int channels, (int Height, int Width) size, int height, bool bicubic)
    {
        int stride = size.Width * channels;
        byte[] result = new byte[(long)height * stride];
        Taps[] taps = Taps.Of(size.Height, height, bicubic);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < stride; x++)
            {
                result[(y * stride) + x] = Sum(taps[y], image, stride, x);
            }
        }

        return result;
    }

    private static byte Sum(Taps taps, ReadOnlySpan<byte> values, int step, int offset)
    {
        int sum = 1 << (Places - 1);
        for (int i = 0; i < taps.Weights.Length; i++)
        {
            sum += values[((taps.First + i) * step) + offset] * taps.Weights[i];
        }

        return (byte)Math.Clamp(sum >> Places, 0, 255);
    }

    /// <summary>The numbers that one output number is the sum of.</summary>
    private readonly record struct Taps(int First, int[] Weights)
    {
        public static Taps[] Of(int inputs, int outputs, bool bicubic)
        {
            double scale = (double)inputs / outputs;
            double widening = Math.Max(scale, 1);
            double support = (bicubic ? 2 : 1) * widening;
            Taps[] taps = new Taps[outputs];
            for (int i = 0; i < outputs; i++)
            {
                double center = (i + .5) * scale;
                int first = Math.Max((int)(center - support + .5), 0);
                int last = Math.Min((int)(center + support + .5), inputs);
                double[] weights = [.. Enumerable.Range(first, last - first).Select(x => Filter((x - center + .5) / widening, bicubic))];
                double sum = weights.Sum();
                taps[i] = new Taps(first, [.. weights.Select(weight => Fixed(sum == 0 ? weight : weight / sum))]);
            }

            return taps;
        }

        private static int Fixed(double weight) => (int)((weight * (1 << Places)) + (weight < 0 ? -.5 : .5));

        private static double Filter(double x, bool bicubic)
        {
            x = Math.Abs(x);
            return !bicubic ? Math.Max(1 - x, 0)
                : x < 1 ? ((((1.5 * x) - 2.5) * x * x) + 1)
                : x < 2 ? ((((((x - 5) * x) + 8) * x) - 4) * -.5)
                : 0;
        }
    }
}
