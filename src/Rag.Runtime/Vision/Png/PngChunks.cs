using System.Buffers.Binary;
using System.Text;

namespace Rag.Runtime.Vision.Png;

/// <summary>The chunks of a file that its pixels come from, each checked against its CRC (section 5).</summary>
internal sealed class PngChunks
{
    private const int MostColors = 256;

    private PngChunks(PngHeader header) => Header = header;

    public PngHeader Header { get; }

    /// <summary>Three bytes for each colour; empty where there are none.</summary>
    public ReadOnlyMemory<byte> Palette { get; private set; }

    /// <summary>The opacity of the palette's colours, or the one transparent colour; empty for none.</summary>
    public ReadOnlyMemory<byte> Transparency { get; private set; }

    /// <summary>The parts of the compressed pixels.</summary>
    public List<ReadOnlyMemory<byte>> Data { get; } = [];

    /// <summary>Walks through a file.</summary>
    /// <param name="file">The file, from the first chunk on.</param>
    /// <param name="start">Bytes before it, for messages.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="options">The limits.</param>
    public static PngChunks Read(ReadOnlyMemory<byte> file, int start, string name, PngOptions options)
    {
        PngChunks? chunks = null;
        for (int at = start; ;)
        {
            ReadOnlySpan<byte> rest = file.Span[at..];
            uint length = rest.Length >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(rest) : 0;
            if (rest.Length < 12 || length > rest.Length - 12)
            {
                throw new CorruptException($"{name} ends within a chunk, or before its IEND chunk.", name, at);
            }

            string type = Encoding.Latin1.GetString(rest.Slice(4, 4));
            if (Crc32.Of(rest.Slice(4, 4 + (int)length)) != BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]))
            {
                throw new CorruptException($"{name}: the check of the chunk '{Printable(type)}' does not fit its bytes.", name, at);
            }

            ReadOnlyMemory<byte> data = file.Slice(at + 8, (int)length);
            if (chunks is null)
            {
                chunks = type == "IHDR"
                    ? new PngChunks(PngHeader.Read(data.Span, name, options))
                    : throw new CorruptException($"{name} begins with the chunk '{Printable(type)}', not IHDR.", name, at);
            }
            else if (type == "IEND")
            {
                return chunks;
            }
            else
            {
                chunks.Add(type, data, name, at);
            }

            at += 12 + (int)length;
        }
    }

    private void Add(string type, ReadOnlyMemory<byte> data, string name, long at)
    {
        switch (type)
        {
            case "PLTE":
                Palette = data.Length is > 0 and <= 3 * MostColors && data.Length % 3 == 0
                    ? data
                    : throw new CorruptException($"{name}: the PLTE chunk has {data.Length} bytes, not three for each of 1 to {MostColors} colours.", name, at);
                break;
            case "tRNS":
                int most = Header.Color switch { PngColor.Grey => 2, PngColor.Rgb => 6, PngColor.Palette => MostColors, _ => 0 };
                bool exact = Header.Color != PngColor.Palette;
                Transparency = data.Length <= most && (!exact || data.Length == most) && most > 0
                    ? data
                    : throw new CorruptException($"{name}: the tRNS chunk has {data.Length} bytes, which does not fit the colour type {Header.Color}.", name, at);
                break;
            case "IDAT":
                Data.Add(data);
                break;
            case [>= 'A' and <= 'Z', ..]:
                throw new UnsupportedException($"{name} has the chunk '{Printable(type)}', without which it cannot be read and which is not known here; save it as a plain PNG.", name);
        }
    }

    private static string Printable(string type) => string.Concat(type.Select(c => char.IsAsciiLetter(c) ? c : '?'));
}
