using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>
/// SentencePiece's own normalization (google/sentencepiece, normalizer.cc): at each place a user-defined piece stays, else the
/// longest compiled rule rewrites; then spaces are tidied, marked, and one is put before the text.
/// </summary>
/// <param name="rules">The compiled rules, or null for none.</param>
/// <param name="userDefined">User-defined pieces, or null for none.</param>
/// <param name="addSpacePrefix">Whether a space is put before the text.</param>
/// <param name="removeExtraSpaces">Whether spaces at the ends go and runs of them become one.</param>
/// <param name="escapeSpaces">Whether spaces become U+2581.</param>
internal sealed class SentencePieceNormalizer(Charsmap? rules, TokenTrie? userDefined, bool addSpacePrefix, bool removeExtraSpaces, bool escapeSpaces) : INormalizer
{
    public const char Mark = '\u2581';

    private char Space => escapeSpaces ? Mark : ' ';

    public void Normalize(AlignedText text)
    {
        if (text.Length == 0)
        {
            return;
        }

        var source = new Source(text.Span, rules);
        Span<char> written = stackalloc char[2];
        int at = 0;
        bool afterSpace = removeExtraSpaces;
        bool begun = false;
        int kept = 0;
        while (at < text.Length)
        {
            ReadOnlySpan<byte> replacement = Next(ref source, text.Span, at, out int length, out bool rewritten);
            int last = at + length - 1;
            ReadOnlySpan<char> own = text.Span.Slice(at, length);
            bool any = false;
            for (int i = 0; rewritten ? !replacement.IsEmpty : i < own.Length;)
            {
                Rune rune;
                int width;
                if (rewritten)
                {
                    Rune.DecodeFromUtf8(replacement, out rune, out width);
                    replacement = replacement[width..];
                }
                else
                {
                    Rune.DecodeFromUtf16(own[i..], out rune, out width);
                    i += width;
                }

                // Spaces after a space go; only those that begin what one rule wrote.
                if (afterSpace && !any && rune.Value == ' ')
                {
                    continue;
                }

                any = true;
                if (!begun)
                {
                    begun = true;
                    if (addSpacePrefix)
                    {
                        text.Emit([Space], -1);
                    }
                }

                int units = rune.EncodeToUtf16(written);
                if (rune.Value == ' ')
                {
                    written[0] = Space;
                }

                text.Emit(written[..units], at, last);
                kept = written[0] == Space ? kept : text.NextLength;
                afterSpace = rune.Value == ' ' && removeExtraSpaces;
            }

            at += length;
        }

        if (removeExtraSpaces)
        {
            text.TruncateNext(kept);
        }
        else if (!begun && addSpacePrefix)
        {
            text.Emit([Space], -1);
        }

        text.Commit();
    }

    private ReadOnlySpan<byte> Next(ref Source source, ReadOnlySpan<char> text, int at, out int length, out bool rewritten)
    {
        rewritten = false;
        if (userDefined is not null && userDefined.LongestPrefix(text[at..], out length) >= 0)
        {
            return default;
        }

        char c = text[at];
        if (rules is null || (c < 0x80 && !rules.Touches(c)))
        {
            Rune.DecodeFromUtf16(text[at..], out _, out length);
            return default;
        }

        rewritten = rules.TryMatch(source.Utf8From(at), longest: true, out int bytes, out ReadOnlySpan<byte> replacement);
        if (!rewritten)
        {
            Rune.DecodeFromUtf16(text[at..], out _, out length);
            return default;
        }

        length = 0;
        for (int covered = 0; covered < bytes && at + length < text.Length;)
        {
            Rune.DecodeFromUtf16(text[(at + length)..], out Rune rune, out int width);
            covered += rune.Utf8SequenceLength;
            length += width;
        }

        return replacement;
    }

    /// <summary>The text in UTF-8, walked forward only.</summary>
    private ref struct Source
    {
        private readonly ReadOnlySpan<char> _text;
        private readonly byte[] _utf8;
        private int _at;
        private int _byte;

        public Source(ReadOnlySpan<char> text, Charsmap? rules)
        {
            _text = text;
            _utf8 = [];
            if (rules is not null)
            {
                _utf8 = new byte[System.Text.Encoding.UTF8.GetByteCount(text)];
                System.Text.Encoding.UTF8.GetBytes(text, _utf8);
            }
        }

        public ReadOnlySpan<byte> Utf8From(int at)
        {
            _byte += System.Text.Encoding.UTF8.GetByteCount(_text[_at..at]);
            _at = at;
            return _utf8.AsSpan(_byte);
        }
    }
}
