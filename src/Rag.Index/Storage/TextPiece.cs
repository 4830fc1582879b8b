using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Rag.Index.Storage;

/// <summary>
/// A piece of a document's text as it is stored: 65,536 UTF-16 units as UTF-8, compressed where that is shorter. A piece that would
/// begin inside a surrogate pair begins one unit earlier.
/// </summary>
/// <param name="Start">Where it begins in the text.</param>
/// <param name="Inflated">Bytes of the UTF-8; 0 where it is stored as it is.</param>
/// <param name="Payload">The bytes to store.</param>
internal sealed record TextPiece(int Start, int Inflated, byte[] Payload)
{
    /// <summary>UTF-16 units of a piece at most.</summary>
    public const int MaxLength = 1 << 16;

    private const int Quality = 5, Window = 18;

    /// <summary>The pieces of a text, made one by one.</summary>
    public static IEnumerable<TextPiece> Of(string text)
    {
        for (int piece = 0; piece * (long)MaxLength < text.Length; piece++)
        {
            int start = Begin(text, piece);
            byte[] bytes = Encoding.UTF8.GetBytes(text.AsSpan(start..Begin(text, piece + 1)).ToArray());
            yield return Compress(start, bytes);
        }
    }

    private static TextPiece Compress(int start, byte[] bytes)
    {
        byte[] compressed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(bytes.Length));
        try
        {
            return BrotliEncoder.TryCompress(bytes, compressed, out int written, Quality, Window) && written < bytes.Length
                ? new(start, bytes.Length, compressed[..written])
                : new(start, 0, bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
        }
    }

    private static int Begin(string text, int piece)
    {
        long start = piece * (long)MaxLength;
        if (start >= text.Length)
        {
            return text.Length;
        }

        return start > 0 && char.IsLowSurrogate(text[(int)start]) ? (int)start - 1 : (int)start;
    }
}
