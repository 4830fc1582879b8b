using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Decoding;

/// <summary>
/// Bytes written in the byte-level alphabet back to UTF-8 text, as one fused token. A token with any other character is text
/// and stands for its own UTF-8. An unfinished character waits; one that can no longer be finished is U+FFFD.
/// </summary>
internal sealed class ByteLevelStage : DecoderStage
{
    private readonly Decoder _utf8 = System.Text.Encoding.UTF8.GetDecoder();

    public override void Token(string text)
    {
        Span<byte> bytes = text.Length <= 256 ? stackalloc byte[text.Length * 3] : new byte[text.Length * 3];
        int count = 0;
        foreach (char c in text)
        {
            int b = ByteAlphabet.ByteOf(c);
            if (b < 0)
            {
                count = System.Text.Encoding.UTF8.GetBytes(text, bytes);
                break;
            }

            bytes[count++] = (byte)b;
        }

        Emit(bytes[..count], flush: false);
    }

    protected override void Finish() => Emit([], flush: true);

    private void Emit(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> chars = bytes.Length <= 256 ? stackalloc char[bytes.Length + 8] : new char[bytes.Length + 8];
        int count = _utf8.GetChars(bytes, chars, flush);
        if (count > 0)
        {
            Next.Chunk(new string(chars[..count]));
        }
    }
}
