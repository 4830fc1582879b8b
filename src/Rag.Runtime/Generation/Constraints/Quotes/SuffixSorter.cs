using System.Buffers;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// The suffixes of a text in order, in time proportional to its length whatever it holds: induced sorting (Nong, Zhang and Chan,
/// "Two Efficient Algorithms for Linear Time Suffix Array Construction", IEEE Transactions on Computers 2011).
/// </summary>
internal static class SuffixSorter
{
    /// <summary>The starts of all suffixes, in the order of their bytes; an ending one comes before one that goes on.</summary>
    public static int[] Sort(ReadOnlySpan<byte> text)
    {
        // The sentinel is the one 0; bytes are one more than they were.
        int[] symbols = ArrayPool<int>.Shared.Rent(text.Length + 1);
        int[] sorted = new int[text.Length + 1];
        try
        {
            for (int i = 0; i < text.Length; i++)
            {
                symbols[i] = text[i] + 1;
            }

            symbols[text.Length] = 0;
            Sort(symbols.AsSpan(0, text.Length + 1), sorted, 257);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(symbols);
        }

        return sorted[1..];
    }

    // The last symbol is 0 and there is no other 0.
    private static void Sort(ReadOnlySpan<int> text, Span<int> sorted, int symbols)
    {
        int length = text.Length;
        if (length == 1)
        {
            sorted[0] = 0;
            return;
        }

        bool[] small = ArrayPool<bool>.Shared.Rent(length);
        int[] buckets = ArrayPool<int>.Shared.Rent(symbols);
        int[] counts = ArrayPool<int>.Shared.Rent(symbols);
        try
        {
            small[length - 1] = true;
            for (int i = length - 2; i >= 0; i--)
            {
                small[i] = text[i] < text[i + 1] || (text[i] == text[i + 1] && small[i + 1]);
            }

            counts.AsSpan(0, symbols).Clear();
            foreach (int symbol in text)
            {
                counts[symbol]++;
            }

            sorted.Fill(-1);
            Ends(counts, buckets, symbols);
            for (int i = length - 1; i > 0; i--)
            {
                if (small[i] && !small[i - 1])
                {
                    sorted[--buckets[text[i]]] = i;
                }
            }

            Induce(text, sorted, small, counts, buckets, symbols);

            // The leftmost small suffixes, sorted by the pieces between them, come first; equal pieces get one name.
            int leftmost = 0;
            for (int i = 0; i < length; i++)
            {
                int at = sorted[i];
                if (at > 0 && small[at] && !small[at - 1])
                {
                    sorted[leftmost++] = at;
                }
            }

            Span<int> names = sorted[leftmost..];
            names.Fill(-1);
            int name = 0, before = -1;
            for (int i = 0; i < leftmost; i++)
            {
                int at = sorted[i];
                name += before < 0 || !SamePiece(text, small, at, before) ? 1 : 0;
                before = at;
                names[at / 2] = name - 1;
            }

            for (int i = length - 1, j = length - 1; i >= leftmost; i--)
            {
                if (sorted[i] >= 0)
                {
                    sorted[j--] = sorted[i];
                }
            }

            Span<int> order = sorted[..leftmost];
            Span<int> reduced = sorted[(length - leftmost)..];
            if (name < leftmost)
            {
                Sort(reduced, order, name);
            }
            else
            {
                for (int i = 0; i < leftmost; i++)
                {
                    order[reduced[i]] = i;
                }
            }

            for (int i = 1, j = 0; i < length; i++)
            {
                if (small[i] && !small[i - 1])
                {
                    reduced[j++] = i;
                }
            }

            for (int i = 0; i < leftmost; i++)
            {
                order[i] = reduced[order[i]];
            }

            sorted[leftmost..].Fill(-1);
            Ends(counts, buckets, symbols);
            for (int i = leftmost - 1; i >= 0; i--)
            {
                int at = sorted[i];
                sorted[i] = -1;
                sorted[--buckets[text[at]]] = at;
            }

            Induce(text, sorted, small, counts, buckets, symbols);
        }
        finally
        {
            ArrayPool<bool>.Shared.Return(small);
            ArrayPool<int>.Shared.Return(buckets);
            ArrayPool<int>.Shared.Return(counts);
        }
    }

    private static void Induce(ReadOnlySpan<int> text, Span<int> sorted, bool[] small, int[] counts, int[] buckets, int symbols)
    {
        int sum = 0;
        for (int i = 0; i < symbols; i++)
        {
            buckets[i] = sum;
            sum += counts[i];
        }

        for (int i = 0; i < sorted.Length; i++)
        {
            int at = sorted[i] - 1;
            if (at >= 0 && !small[at])
            {
                sorted[buckets[text[at]]++] = at;
            }
        }

        Ends(counts, buckets, symbols);
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            int at = sorted[i] - 1;
            if (at >= 0 && small[at])
            {
                sorted[--buckets[text[at]]] = at;
            }
        }
    }

    private static void Ends(int[] counts, int[] buckets, int symbols)
    {
        int sum = 0;
        for (int i = 0; i < symbols; i++)
        {
            sum += counts[i];
            buckets[i] = sum;
        }
    }

    private static bool SamePiece(ReadOnlySpan<int> text, bool[] small, int a, int b)
    {
        // The sentinel differs from all else, so both stay within the text.
        for (int i = 0; ; i++)
        {
            if (text[a + i] != text[b + i] || small[a + i] != small[b + i])
            {
                return false;
            }

            if (i > 0 && small[a + i] && !small[a + i - 1])
            {
                return true;
            }
        }
    }
}
