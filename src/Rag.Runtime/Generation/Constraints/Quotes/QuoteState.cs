using System.Buffers;
using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>A text with quotes so far.</summary>
internal sealed class QuoteState(QuoteMachine machine, in QuotePlace place) : ConstraintState
{
    private readonly QuotePlace _place = place;

    public override bool CanEnd => machine.CanEnd(_place);

    public override byte[]? ShortestEnd => machine.ShortestEnd(_place);

    public override ConstraintState? Next(byte value) => machine.TryNext(_place, value, out QuotePlace next) ? new QuoteState(machine, next) : null;

    // The same walk as that of states, without an object for each node.
    public override bool TryMark(TokenVocabulary vocabulary, int root, Span<ulong> bits)
    {
        QuotePlace[] places = ArrayPool<QuotePlace>.Shared.Rent(vocabulary.MaxLength + 1);
        int[] ends = ArrayPool<int>.Shared.Rent(vocabulary.MaxLength + 1);
        try
        {
            int depth = 0;
            places[0] = _place;
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

                foreach (int id in vocabulary.TokensAt(node))
                {
                    bits[id >> 6] |= 1UL << (id & 63);
                }

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

        return true;
    }

    public override bool Equals(object? obj) => obj is QuoteState other && other._place == _place;

    public override int GetHashCode() => _place.GetHashCode();
}
