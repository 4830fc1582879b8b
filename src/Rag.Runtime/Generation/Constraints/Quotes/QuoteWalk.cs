using System.Buffers;
using System.Runtime.CompilerServices;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>
/// The tokens that may follow a place. Free text, which nearly all tokens are, is walked once for each vocabulary; elsewhere few nodes are met. Thread-safe.
/// </summary>
internal sealed class QuoteWalk(QuoteMachine machine)
{
    private readonly ConditionalWeakTable<TokenVocabulary, FreeTokens> _free = [];

    /// <summary>Marks the tokens below a node whose bytes, from that node on, go on from a place.</summary>
    public void Mark(in QuotePlace place, TokenVocabulary vocabulary, int root, Span<ulong> bits)
    {
        if (root != 0 || place.Part != QuotePart.FreeText || place.Progress != FreeText.Start)
        {
            Walk(place, vocabulary, root, bits);
            return;
        }

        FreeTokens free = _free.GetValue(vocabulary, key => new FreeTokens(machine.Free, key));
        free.Mark(bits);
        if (machine.TryOpen(place with { Refused = -1 }, out QuotePlace opened))
        {
            foreach (int node in free.Openings)
            {
                MarkAt(vocabulary, node, bits);
                Walk(opened, vocabulary, node, bits);
            }
        }

        // A refusal is one way, though it may leave that of free text.
        int at = 0;
        foreach (byte value in machine.RestOfRefusal(place))
        {
            at = vocabulary.ChildOf(at, value);
            if (at < 0)
            {
                break;
            }

            MarkAt(vocabulary, at, bits);
        }
    }

    private void Walk(in QuotePlace place, TokenVocabulary vocabulary, int root, Span<ulong> bits)
    {
        QuotePlace[] places = ArrayPool<QuotePlace>.Shared.Rent(vocabulary.MaxLength + 1);
        int[] ends = ArrayPool<int>.Shared.Rent(vocabulary.MaxLength + 1);
        try
        {
            int depth = 0;
            places[0] = place;
            ends[0] = vocabulary.EndOf(root);
            for (int node = root + 1; node < ends[0];)
            {
                while (node >= ends[depth])
                {
                    depth--;
                }

                int end = vocabulary.EndOf(node);
                if (!machine.TryNext(places[depth], vocabulary.ByteOf(node), out QuotePlace next))
                {
                    node = end;
                    continue;
                }

                MarkAt(vocabulary, node, bits);
                if (end > ++node)
                {
                    places[++depth] = next;
                    ends[depth] = end;
                }
            }
        }
        finally
        {
            ArrayPool<QuotePlace>.Shared.Return(places);
            ArrayPool<int>.Shared.Return(ends);
        }
    }

    private static void MarkAt(TokenVocabulary vocabulary, int node, Span<ulong> bits)
    {
        foreach (int id in vocabulary.TokensAt(node))
        {
            bits[id >> 6] |= 1UL << (id & 63);
        }
    }
}
