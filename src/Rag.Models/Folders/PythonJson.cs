using System.Buffers;

namespace Rag.Models;

/// <summary>The bare words NaN, Infinity and -Infinity, which Python's json module writes, as quoted strings.</summary>
internal static class PythonJson
{
    public static byte[] QuoteNonFinite(ReadOnlySpan<byte> json)
    {
        ArrayBufferWriter<byte> output = new(json.Length + 16);
        bool inString = false;
        for (int i = 0; i < json.Length;)
        {
            ReadOnlySpan<byte> rest = json[i..];
            int word = inString ? 0 : WordLength(rest);
            if (word > 0)
            {
                output.Write("\""u8);
                output.Write(rest[..word]);
                output.Write("\""u8);
                i += word;
                continue;
            }

            int step = inString && rest[0] == '\\' && rest.Length > 1 ? 2 : 1;
            inString ^= rest[0] == '"';
            output.Write(rest[..step]);
            i += step;
        }

        return output.WrittenSpan.ToArray();
    }

    private static int WordLength(ReadOnlySpan<byte> text) =>
        text.StartsWith("NaN"u8) ? 3 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("-Infinity"u8) ? 9 : 0;
}
