namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>
/// The shortest ways from states to an end, by breadth-first search over bytes. They bring an output to its end before its
/// budget is spent: a token is left out when too few would be left behind it. Called under the constraint's lock.
/// </summary>
internal sealed class ShortestEnds(TokenVocabulary vocabulary)
{
    /// <summary>The longest end that is looked for, in tokens; earlier than this nothing is cut.</summary>
    public const int MaxLength = 96;

    private const int MaxStates = 4096;
    private const int MaxKept = 4096;
    private readonly Dictionary<ConstraintState, int[]?> _known = [];

    /// <summary>The mask without the tokens behind which the output could not be ended with the tokens that are left.</summary>
    /// <param name="state">Where the output is.</param>
    /// <param name="mask">What may come next.</param>
    /// <param name="left">How many tokens may be generated, an end token included.</param>
    public TokenMask Within(ConstraintState state, TokenMask mask, int left)
    {
        // One step goes at most to where another end is needed; a wide berth is cheap, and near the end every token is tried.
        if (Of(state) is not { } end || end.Length + 1 + (MaxLength / 4) < left)
        {
            return mask;
        }

        ulong[] bits = new ulong[mask.Bits.Length];
        int token = end.Length > 0 ? end[0] : -1;
        if (token >= 0)
        {
            bits[token >> 6] |= 1UL << (token & 63);
        }
        else
        {
            foreach (int id in vocabulary.EndTokens)
            {
                bits[id >> 6] |= 1UL << (id & 63);
            }
        }

        return new TokenMask(bits);
    }

    private int[]? Of(ConstraintState state)
    {
        if (!_known.TryGetValue(state, out int[]? known))
        {
            if (_known.Count == MaxKept)
            {
                _known.Clear();
            }

            known = _known[state] = Search(state) is { } bytes ? Spell(bytes) : null;
        }

        return known;
    }

    private static byte[]? Search(ConstraintState from)
    {
        Dictionary<ConstraintState, (ConstraintState? Before, byte Value)> reached = new() { [from] = (null, 0) };
        Queue<ConstraintState> queue = new([from]);
        while (queue.TryDequeue(out ConstraintState? at) && reached.Count < MaxStates)
        {
            if (at.CanEnd)
            {
                List<byte> path = [];
                (ConstraintState? Before, byte Value) step = reached[at];
                while (step.Before is { } before)
                {
                    path.Add(step.Value);
                    step = reached[before];
                }

                path.Reverse();
                return [.. path];
            }

            for (int value = 0; value < 256; value++)
            {
                if (at.Next((byte)value) is { } next && reached.TryAdd(next, (at, (byte)value)))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }

    // The longest tokens first; null where some byte has none.
    private int[]? Spell(ReadOnlySpan<byte> bytes)
    {
        List<int> tokens = [];
        while (!bytes.IsEmpty)
        {
            int token = vocabulary.Longest(bytes, out int length);
            if (token < 0)
            {
                return null;
            }

            tokens.Add(token);
            bytes = bytes[length..];
        }

        return [.. tokens];
    }
}
