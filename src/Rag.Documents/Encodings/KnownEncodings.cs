using System.Text;

namespace Rag.Documents;

/// <summary>The encodings that text is looked for in. None of them throws: what cannot be decoded becomes U+FFFD and is counted.</summary>
internal static class KnownEncodings
{
    // Asked of the provider itself, so that nothing is registered for the whole process.
    public static readonly Encoding Cp949 = CodePagesEncodingProvider.Instance.GetEncoding(949)!;
    public static readonly Encoding ShiftJis = CodePagesEncodingProvider.Instance.GetEncoding(932)!;
    public static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    public static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    public static readonly Encoding Utf16LittleEndian = new UnicodeEncoding(bigEndian: false, byteOrderMark: false);
    public static readonly Encoding Utf16BigEndian = new UnicodeEncoding(bigEndian: true, byteOrderMark: false);
    public static readonly Encoding Utf32LittleEndian = new UTF32Encoding(bigEndian: false, byteOrderMark: false);

    /// <summary>A copy of the encoding that writes U+FFFD for every byte sequence that it does not know.</summary>
    public static Encoding Replacing(Encoding encoding)
    {
        var copy = (Encoding)encoding.Clone();
        copy.DecoderFallback = encoding.CodePage == 932 ? new BestFitDecoderFallback(encoding) : new DecoderReplacementFallback("\uFFFD");
        return copy;
    }

    /// <summary>The encoding of a name as web pages declare it (https://encoding.spec.whatwg.org/#names-and-labels), or null.</summary>
    public static Encoding? FromLabel(string label)
    {
        string name = label.Trim().Trim('"', '\'').ToLowerInvariant();
        switch (name)
        {
            case "utf-8" or "utf8" or "unicode-1-1-utf-8":
                return Utf8;
            case "euc-kr" or "euckr" or "cp949" or "ms949" or "uhc" or "windows-949" or "ks_c_5601-1987" or "ksc5601" or "ks_c_5601-1989" or "korean":
                return Cp949;
            case "shift_jis" or "shift-jis" or "sjis" or "x-sjis" or "ms_kanji" or "windows-31j" or "cp932":
                return ShiftJis;
            case "windows-1252" or "cp1252" or "iso-8859-1" or "latin1" or "l1" or "iso8859-1" or "us-ascii" or "ascii":
                return Windows1252;
            case "gb2312" or "gbk" or "x-gbk":
                return CodePagesEncodingProvider.Instance.GetEncoding(936);
            default:
                try
                {
                    Encoding? found = CodePagesEncodingProvider.Instance.GetEncoding(name);
                    // UTF-16 cannot be what an ASCII declaration stands in; UTF-7 and the ISO-2022 family can hide text.
                    return found is { CodePage: 1200 or 1201 or 65000 or (>= 50220 and <= 50229) or 52936 } ? null : found;
                }
                catch (ArgumentException)
                {
                    return null;
                }
        }
    }
}
