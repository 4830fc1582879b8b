using System.Numerics;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>Which tokens may come next, one bit for each id. Immutable once made.</summary>
internal sealed class TokenMask
{
    private readonly ulong[] _bits;

    public TokenMask(ulong[] bits)
    {
        _bits = bits;
        foreach (ulong word in bits)
        {
            Count += BitOperations.PopCount(word);
        }
    }

    /// <summary>The bits, the lowest first.</summary>
    public ReadOnlySpan<ulong> Bits => _bits;

    /// <summary>How many tokens it allows.</summary>
    public int Count { get; }

    /// <summary>Whether it allows a token.</summary>
    public bool this[int id] => (_bits[id >> 6] >> (id & 63) & 1) != 0;

    /// <summary>The allowed token of the highest score, the lower id at a tie; 0 where no score is a number.</summary>
    public int Highest(ReadOnlySpan<float> scores)
    {
        int best = Math.Max(First, 0);
        for (int word = best >> 6; word < _bits.Length; word++)
        {
            for (ulong left = _bits[word]; left != 0; left &= left - 1)
            {
                int id = (word << 6) + BitOperations.TrailingZeroCount(left);
                best = scores[id] > scores[best] ? id : best;
            }
        }

        return best;
    }

    /// <summary>Sets the scores of all other tokens to negative infinity.</summary>
    public void Apply(Span<float> scores)
    {
        for (int word = 0; word < _bits.Length; word++)
        {
            for (ulong left = ~_bits[word]; left != 0; left &= left - 1)
            {
                int id = (word << 6) + BitOperations.TrailingZeroCount(left);
                if (id >= scores.Length)
                {
                    break;
                }

                scores[id] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>The lowest id that it allows, or -1.</summary>
    public int First
    {
        get
        {
            int word = _bits.AsSpan().IndexOfAnyExcept(0UL);
            return word < 0 ? -1 : (word << 6) + BitOperations.TrailingZeroCount(_bits[word]);
        }
    }
}
