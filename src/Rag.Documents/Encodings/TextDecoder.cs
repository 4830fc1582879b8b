using System.Text;
using System.Text.Unicode;

namespace Rag.Documents;

/// <summary>
/// Turns bytes into text. A byte order mark decides; then sound UTF-8; then the encoding that the content declares; then whichever of
/// UTF-16, CP949, Shift-JIS and windows-1252 reads most like text that people write, judged on a sample around the first bytes that
/// are not ASCII. Bytes that read like none of them are refused: text is never guessed into mojibake. A few damaged bytes in a long
/// text become U+FFFD.
/// </summary>
internal static class TextDecoder
{
    private const int SampleLength = 64 * 1024;

    /// <summary>Decodes the whole content.</summary>
    /// <exception cref="CorruptException">The content is not text in any encoding known here.</exception>
    public static DecodedText Decode(ReadOnlySpan<byte> content, string location, Encoding? declared = null) =>
        TryDecode(content, declared, out string fault) ?? throw new CorruptException(
            $"{location} is not text in an encoding that is read (UTF-8, UTF-16, CP949, Shift-JIS, windows-1252): {fault}.", location, FirstNonAscii(content));

    /// <summary>Decodes the whole content, or says what is wrong with it.</summary>
    public static DecodedText? TryDecode(ReadOnlySpan<byte> content, Encoding? declared, out string fault)
    {
        fault = "";
        if (ByMark(content, out ReadOnlySpan<byte> marked) is { } encoding)
        {
            return Whole(encoding, marked, ref fault);
        }

        int nul = content.IndexOf((byte)0);
        if (nul < 0 && Utf8.IsValid(content))
        {
            return Checked(KnownEncodings.Utf8.GetString(content), KnownEncodings.Utf8, content.Length, ref fault);
        }

        ReadOnlySpan<byte> sample = Sample(content, nul);
        if (nul >= 0)
        {
            // NUL never stands in text, except as half of a UTF-16 unit.
            Encoding? wide = Utf16(sample);
            fault = wide is null ? $"it holds NUL bytes (the first at offset {nul}), as programs, images and archives do" : "";
            return wide is null ? null : Whole(wide, content, ref fault);
        }

        if (declared is not null && declared != KnownEncodings.Utf8 && TextPlausibility.Score(DecodeSample(declared, sample)) > 0)
        {
            return Whole(declared, content, ref fault);
        }

        if (Best(sample) is { } best)
        {
            return Whole(best, content, ref fault);
        }

        if (MostlyUtf8(content))
        {
            return new DecodedText(KnownEncodings.Utf8.GetString(content), KnownEncodings.Utf8.WebName);
        }

        fault = "its bytes make sense in none of them";
        return null;
    }

    /// <summary>Whether the first bytes of a file may be those of text; a character that the end cuts does not count against it.</summary>
    public static bool MayBeText(ReadOnlySpan<byte> head)
    {
        for (int cut = 0; cut < 4 && cut <= head.Length; cut++)
        {
            if (TryDecode(head[..^cut], null, out _) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static Encoding? ByMark(ReadOnlySpan<byte> content, out ReadOnlySpan<byte> rest)
    {
        (Encoding? encoding, int length) = content switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (KnownEncodings.Utf8, 3),
            [0xFF, 0xFE, 0, 0, ..] => (KnownEncodings.Utf32LittleEndian, 4),
            [0xFF, 0xFE, ..] => (KnownEncodings.Utf16LittleEndian, 2),
            [0xFE, 0xFF, ..] => (KnownEncodings.Utf16BigEndian, 2),
            _ => ((Encoding?)null, 0),
        };
        rest = content[length..];
        return encoding;
    }

    private static Encoding? Best(ReadOnlySpan<byte> sample)
    {
        Encoding? best = null;
        double bestScore = TextPlausibility.Threshold;
        foreach (Encoding candidate in (ReadOnlySpan<Encoding>)[KnownEncodings.Cp949, KnownEncodings.ShiftJis, KnownEncodings.Windows1252])
        {
            double score = TextPlausibility.Score(DecodeSample(candidate, sample));
            if (score > bestScore)
            {
                (best, bestScore) = (candidate, score);
            }
        }

        // UTF-16 without a mark and without one ASCII character is rare; it must be much the better reading, as the bytes of CP949 are
        // Hangul in UTF-16 too.
        Encoding? wide = Utf16(sample);
        return wide is not null && TextPlausibility.Score(DecodeSample(wide, sample)) > bestScore + (best is null ? 0.25 : 0.35) ? wide : best;
    }

    private static Encoding? Utf16(ReadOnlySpan<byte> sample)
    {
        if (sample.Length < 2 || sample.Length % 2 != 0)
        {
            return null;
        }

        double little = TextPlausibility.Score(KnownEncodings.Utf16LittleEndian.GetString(sample));
        double big = TextPlausibility.Score(KnownEncodings.Utf16BigEndian.GetString(sample));
        return Math.Max(little, big) < TextPlausibility.Threshold ? null : little >= big ? KnownEncodings.Utf16LittleEndian : KnownEncodings.Utf16BigEndian;
    }

    /// <summary>A stretch to judge by: from the line of the first byte outside ASCII, or from the start where there are NUL bytes.</summary>
    private static ReadOnlySpan<byte> Sample(ReadOnlySpan<byte> content, int nul)
    {
        int start = 0;
        if (nul < 0)
        {
            int first = FirstNonAscii(content) ?? 0;
            start = Math.Max(0, first < SampleLength / 2 ? 0 : content[..first].LastIndexOf((byte)'\n') + 1);
            start = first - start > SampleLength / 2 ? first : start;
        }

        return content.Slice(start, Math.Min(SampleLength, content.Length - start));
    }

    private static string DecodeSample(Encoding encoding, ReadOnlySpan<byte> sample)
    {
        // A decoder that is not flushed leaves out a character that the sample's end cuts.
        Decoder decoder = KnownEncodings.Replacing(encoding).GetDecoder();
        var text = new char[encoding.GetMaxCharCount(sample.Length)];
        int length = decoder.GetChars(sample, text, flush: sample.Length < SampleLength);
        return new string(text, 0, length);
    }

    private static DecodedText? Whole(Encoding encoding, ReadOnlySpan<byte> content, ref string fault)
    {
        string text = KnownEncodings.Replacing(encoding).GetString(content);
        return Checked(text, encoding, content.Length, ref fault);
    }

    private static DecodedText? Checked(string text, Encoding encoding, int bytes, ref string fault)
    {
        int damaged = text.AsSpan().Count('\uFFFD');
        int controls = 0;
        foreach (char c in text)
        {
            controls += (c < ' ' && c is not ('\t' or '\n' or '\r' or '\f' or '\v' or '\b' or '\u001b' or '\u001a')) || c == '\u007f' ? 1 : 0;
        }

        // One in fifty: more damage than that is another format, not an accident.
        if (encoding != KnownEncodings.Utf8 && damaged > Math.Max(1, bytes / 50))
        {
            fault = $"{damaged} places do not decode as {encoding.WebName}";
            return null;
        }

        if (controls > Math.Max(2, text.Length / 50) || text.Contains('\0', StringComparison.Ordinal))
        {
            fault = $"it holds {controls} control characters, as programs, images and archives do";
            return null;
        }

        return new DecodedText(text, encoding.WebName);
    }

    private static bool MostlyUtf8(ReadOnlySpan<byte> content)
    {
        int sound = 0, broken = 0;
        while (!content.IsEmpty)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(content, out Rune rune, out int length);
            if (status != System.Buffers.OperationStatus.Done)
            {
                broken++;
            }
            else if (!rune.IsAscii)
            {
                sound++;
            }
            else if (rune.Value < 0x20 && rune.Value is not ('\t' or '\n' or '\r' or '\f'))
            {
                broken++;
            }

            content = content[Math.Max(1, length)..];
        }

        return broken > 0 && sound >= broken * 10L;
    }

    private static int? FirstNonAscii(ReadOnlySpan<byte> content)
    {
        int at = content.IndexOfAnyExceptInRange((byte)0, (byte)0x7F);
        return at < 0 ? null : at;
    }
}
