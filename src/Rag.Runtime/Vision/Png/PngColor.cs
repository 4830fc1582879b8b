namespace Rag.Runtime.Vision.Png;

/// <summary>The kinds of pixels, numbered as in the file (PNG specification, third edition, section 11.2.1).</summary>
internal enum PngColor : byte
{
    Grey = 0,
    Rgb = 2,
    Palette = 3,
    GreyAlpha = 4,
    Rgba = 6,
}
