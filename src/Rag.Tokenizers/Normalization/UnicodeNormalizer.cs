using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>
/// NFC, NFD, NFKC and NFKD (Unicode Standard Annex 15), with alignments. Changes (see <see cref="ChangeWriter"/>) travel with
/// characters through reordering, as in the reference implementation, so that offsets agree with it.
/// </summary>
internal sealed class UnicodeNormalizer(bool compatible, bool compose) : INormalizer
{
    public static readonly UnicodeNormalizer Decomposition = new(false, false);

    /// <summary>Below it no character changes, and none composes with what stands before it.</summary>
    private int Limit => compose && !compatible ? 0x300 : 0x80;

    public void Normalize(AlignedText text)
    {
        if (!text.Span.ContainsAnyExceptInRange('\0', (char)(Limit - 1)))
        {
            return;
        }

        List<(byte Class, int CodePoint, int Change)> buffer = [];
        var writer = new ChangeWriter(text);
        int at = 0;
        while (at < text.Length)
        {
            // Units below the limit stand as they are unless a mark follows: all but the last before one go through at once.
            int run = text.Span[at..].IndexOfAnyExceptInRange('\0', (char)(Limit - 1));
            run = run < 0 ? text.Length - at : run - 1;
            if (run > 0)
            {
                writer.Copy(run);
                at += run;
                continue;
            }

            // One block: up to the next starter that nothing before it can touch, so that buffers stay small.
            buffer.Clear();
            int next = NextBlock(text.Span, at, buffer);
            if (compose)
            {
                Recompose(buffer, ref writer);
            }
            else
            {
                foreach ((_, int codePoint, int change) in buffer)
                {
                    writer.Write(codePoint, change);
                }
            }

            at = next;
        }

        text.Commit();
    }

    /// <summary>Decomposes and orders from <paramref name="at"/> to a place where normalization can start anew.</summary>
    private int NextBlock(ReadOnlySpan<char> text, int at, List<(byte Class, int CodePoint, int Change)> buffer)
    {
        int pending = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (buffer.Count > 0 && (c < Limit || (!compose && buffer.Count > 512 && Starts(text[at..]))))
            {
                break;
            }

            Rune.DecodeFromUtf16(text[at..], out Rune rune, out int consumed);
            Decompose(rune.Value, buffer, ref pending);
            at += consumed;
        }

        Order(buffer, pending);
        return at;
    }

    private static bool Starts(ReadOnlySpan<char> text)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out _);
        int[]? mapping = UnicodeTables.Decompose(rune.Value, true);
        return UnicodeTables.CombiningClass(mapping?[0] ?? rune.Value) == 0;
    }

    private void Decompose(int codePoint, List<(byte Class, int CodePoint, int Change)> buffer, ref int pending)
    {
        if (codePoint is >= 0xAC00 and < 0xD7A4)
        {
            int index = codePoint - 0xAC00;
            Push(buffer, 0x1100 + (index / 588), 0, ref pending);
            Push(buffer, 0x1161 + (index % 588 / 28), 1, ref pending);
            if (index % 28 > 0)
            {
                Push(buffer, 0x11A7 + (index % 28), 1, ref pending);
            }

            return;
        }

        if (UnicodeTables.Decompose(codePoint, compatible) is not { } mapping)
        {
            Push(buffer, codePoint, 0, ref pending);
            return;
        }

        for (int i = 0; i < mapping.Length; i++)
        {
            Push(buffer, mapping[i], i == 0 ? 0 : 1, ref pending);
        }
    }

    private static void Push(List<(byte Class, int CodePoint, int Change)> buffer, int codePoint, int change, ref int pending)
    {
        byte combiningClass = UnicodeTables.CombiningClass(codePoint);
        if (combiningClass == 0)
        {
            Order(buffer, pending);
            pending = buffer.Count;
        }

        buffer.Add((combiningClass, codePoint, change));
        if (combiningClass == 0)
        {
            pending = buffer.Count;
        }
    }

    // Marks are nearly always in order already; a stable merge sort keeps a hostile run of a million marks at n log n.
    private static void Order(List<(byte Class, int CodePoint, int Change)> buffer, int from)
    {
        bool sorted = true;
        for (int i = from + 1; i < buffer.Count && sorted; i++)
        {
            sorted = buffer[i - 1].Class <= buffer[i].Class;
        }

        if (!sorted)
        {
            (byte Class, int CodePoint, int Change)[] run = [.. buffer.Skip(from).OrderBy(item => item.Class)];
            for (int i = 0; i < run.Length; i++)
            {
                buffer[from + i] = run[i];
            }
        }
    }

    private static void Recompose(List<(byte Class, int CodePoint, int Change)> buffer, ref ChangeWriter writer)
    {
        int starter = -1;
        int starterChange = 0;
        int lastClass = -1;
        List<(int CodePoint, int Change)>? blocked = null;
        foreach ((byte combiningClass, int codePoint, int change) in buffer)
        {
            if (starter < 0)
            {
                if (combiningClass != 0)
                {
                    writer.Write(codePoint, change);
                    continue;
                }

                (starter, starterChange) = (codePoint, change);
                continue;
            }

            if (lastClass < combiningClass)
            {
                int composite = UnicodeTables.Compose(starter, codePoint);
                if (composite >= 0)
                {
                    starter = composite;
                    starterChange += change - 1;
                    continue;
                }
            }

            if (combiningClass == 0)
            {
                writer.Write(starter, starterChange);
                Release(blocked, ref writer);
                (starter, starterChange) = (codePoint, change);
                lastClass = -1;
                continue;
            }

            (blocked ??= []).Add((codePoint, change));
            lastClass = combiningClass;
        }

        if (starter >= 0)
        {
            writer.Write(starter, starterChange);
        }

        Release(blocked, ref writer);
    }

    private static void Release(List<(int CodePoint, int Change)>? blocked, ref ChangeWriter writer)
    {
        if (blocked is null)
        {
            return;
        }

        foreach ((int codePoint, int change) in blocked)
        {
            writer.Write(codePoint, change);
        }

        blocked.Clear();
    }
}
