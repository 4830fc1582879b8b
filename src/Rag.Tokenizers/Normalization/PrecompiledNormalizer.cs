using System.Globalization;
using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>
/// SentencePiece's compiled rules as the tokenizers library applies them: to a grapheme cluster of under six UTF-8 bytes as a
/// whole, where the shortest rule that begins it replaces all of it, else to each of its characters. Odd, and what models
/// were trained with.
/// </summary>
internal sealed class PrecompiledNormalizer(Charsmap rules) : INormalizer
{
    private const int LongestWholeCluster = 5;

    public void Normalize(AlignedText text)
    {
        if (IsUntouched(text.Span))
        {
            return;
        }

        List<(int CodePoint, int Change)> written = [];
        ReadOnlySpan<char> span = text.Span;
        for (int at = 0; at < span.Length;)
        {
            // Two ASCII characters never share a cluster, but for CR LF.
            char c = span[at];
            if (c < 0x80 && !rules.Touches(c) && (at + 1 == span.Length || span[at + 1] < 0x80))
            {
                written.Add((c, 0));
                at++;
                continue;
            }

            int length = StringInfo.GetNextTextElementLength(span[at..]);
            Rewrite(span.Slice(at, length), written);
            at += length;
        }

        var writer = new ChangeWriter(text);
        foreach ((int codePoint, int change) in written)
        {
            writer.Write(codePoint, change);
        }

        text.Commit();
    }

    private bool IsUntouched(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (c >= 0x80 || rules.Touches(c))
            {
                return false;
            }
        }

        return true;
    }

    private void Rewrite(ReadOnlySpan<char> cluster, List<(int CodePoint, int Change)> written)
    {
        Span<byte> utf8 = stackalloc byte[8];
        ReadOnlySpan<byte> replacement;
        if (cluster.Length <= LongestWholeCluster && System.Text.Encoding.UTF8.GetByteCount(cluster) <= LongestWholeCluster)
        {
            int bytes = System.Text.Encoding.UTF8.GetBytes(cluster, utf8);
            if (rules.TryMatch(utf8[..bytes], longest: false, out _, out replacement))
            {
                Replace(replacement, CountCharacters(cluster), written);
                return;
            }
        }

        while (!cluster.IsEmpty)
        {
            Rune.DecodeFromUtf16(cluster, out Rune rune, out int width);
            cluster = cluster[width..];
            int bytes = rune.EncodeToUtf8(utf8);
            if (rules.TryMatch(utf8[..bytes], longest: false, out _, out replacement))
            {
                Replace(replacement, 1, written);
            }
            else
            {
                written.Add((rune.Value, 0));
            }
        }
    }

    private static void Replace(ReadOnlySpan<byte> replacement, int replaced, List<(int CodePoint, int Change)> written)
    {
        int count = 0;
        while (!replacement.IsEmpty)
        {
            Rune.DecodeFromUtf8(replacement, out Rune rune, out int width);
            replacement = replacement[width..];
            written.Add((rune.Value, count++ < replaced ? 0 : 1));
        }

        // What is taken away is laid to the last character written, whichever rule wrote it.
        if (count < replaced && written.Count > 0)
        {
            written[^1] = written[^1] with { Change = written[^1].Change + count - replaced };
        }
    }

    private static int CountCharacters(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }
}
