using System.IO.Compression;

namespace Rag.Runtime.Vision.Png;

/// <summary>
/// Reads PNG files (W3C PNG specification, third edition): all colour types and depths, palettes, transparency, interlacing. Of
/// colours of 16 bits the upper eight are kept; gamma, colour profiles and animation are left aside. Thread-safe.
/// </summary>
public static class PngReader
{
    // A block of Deflate codes at most 258 bytes in two bits.
    private const long MostInflation = 1032;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a file from the disk.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <exception cref="UnavailableException">The file is not there or cannot be read.</exception>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, PngOptions?, string)"/>
    public static PixelImage Read(string path, PngOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new PngOptions();
        options.Validate();
        try
        {
            long length = new FileInfo(path).Length;
            return length <= options.MaxFileBytes
                ? Read(File.ReadAllBytes(path), options, path)
                : throw new LimitExceededException(nameof(PngOptions.MaxFileBytes), options.MaxFileBytes, length, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException($"{path} cannot be read: {e.Message}", path, e);
        }
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="file">The bytes.</param>
    /// <param name="options">The limits; null for the defaults.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="CorruptException">The file breaks the format's rules; the message says where.</exception>
    /// <exception cref="UnsupportedException">The file is an image of another format, such as JPEG.</exception>
    /// <exception cref="LimitExceededException">The image is larger than the options allow.</exception>
    public static PixelImage Read(ReadOnlyMemory<byte> file, PngOptions? options = null, string name = "The image")
    {
        ArgumentNullException.ThrowIfNull(name);
        options ??= new PngOptions();
        options.Validate();
        if (file.Length > options.MaxFileBytes)
        {
            throw new LimitExceededException(nameof(PngOptions.MaxFileBytes), options.MaxFileBytes, file.Length, name);
        }

        if (!file.Span.StartsWith(Signature))
        {
            throw OtherFormat(file.Span, name);
        }

        PngChunks chunks = PngChunks.Read(file, Signature.Length, name, options);
        PngHeader header = chunks.Header;
        if (header.Color == PngColor.Palette && chunks.Palette.IsEmpty)
        {
            throw new CorruptException($"{name} has a colour type with a palette, but no PLTE chunk.", name);
        }

        long raw = PngPass.Of(header).Sum(pass => pass.Bytes(header));
        long stored = chunks.Data.Sum(part => (long)part.Length);
        if (raw / MostInflation > stored)
        {
            throw new CorruptException($"{name}: {stored} bytes of compressed pixels cannot hold an image of {header.Width} x {header.Height}.", name);
        }

        byte[] pixels = new byte[(long)header.Width * header.Height * PixelImage.Channels];
        using ChunkStream data = new(chunks.Data);
        using ZLibStream inflated = new(data, CompressionMode.Decompress);
        try
        {
            PngPixels decoder = new(chunks, pixels, name);
            foreach (PngPass pass in PngPass.Of(header))
            {
                decoder.Read(pass, inflated);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new CorruptException($"{name}: the compressed pixels are damaged or end too early: {e.Message}", name, innerException: e);
        }

        return new PixelImage(header.Width, header.Height, pixels);
    }

    private static RagException OtherFormat(ReadOnlySpan<byte> file, string name)
    {
        string? format =
            file.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? "JPEG"
            : file.StartsWith("GIF8"u8) ? "GIF"
            : file.StartsWith("RIFF"u8) && file.Length >= 12 && file.Slice(8, 4).SequenceEqual("WEBP"u8) ? "WebP"
            : file.StartsWith("BM"u8) ? "BMP"
            : file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) ? "TIFF"
            : null;
        return format is null
            ? new CorruptException($"{name} does not begin as a PNG file does.", name, 0)
            : new UnsupportedException($"{name} is a {format} file; PNG is supported: convert it.", name);
    }
}
