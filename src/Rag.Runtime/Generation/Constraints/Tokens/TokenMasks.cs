using Rag.Runtime.Generation.Constraints.Automata;

namespace Rag.Runtime.Generation.Constraints.Tokens;

/// <summary>
/// The masks of one constraint over one vocabulary: found by walking the trie with the state, kept by state. What lies within
/// one regular language, such as a string's characters, is walked once however many states share it. Called under the
/// constraint's lock.
/// </summary>
internal sealed class TokenMasks(TokenVocabulary vocabulary)
{
    private const int MaxKept = 512;

    private readonly Dictionary<ConstraintState, TokenMask> _masks = [];
    private readonly Queue<ConstraintState> _order = [];
    private readonly Dictionary<ByteLanguage, LeafTokens> _leaves = [];
    private readonly ConstraintState?[] _states = new ConstraintState?[vocabulary.MaxLength + 1];
    private readonly int[] _ends = new int[vocabulary.MaxLength + 1];

    public TokenVocabulary Vocabulary => vocabulary;

    /// <summary>How outputs are completed when few tokens are left.</summary>
    public ShortestEnds Ends { get; } = new ShortestEnds(vocabulary);

    /// <summary>The tokens that may follow a state.</summary>
    public TokenMask Of(ConstraintState state)
    {
        if (_masks.TryGetValue(state, out TokenMask? known))
        {
            return known;
        }

        if (_masks.Count == MaxKept)
        {
            _masks.Remove(_order.Dequeue());
        }

        TokenMask mask = Compute(state);
        _masks[state] = mask;
        _order.Enqueue(state);
        return mask;
    }

    private TokenMask Compute(ConstraintState state)
    {
        ulong[] bits = new ulong[(vocabulary.Size + 63) >> 6];
        if (state.TryMark(vocabulary, 0, bits))
        {
            // It knew how.
        }
        else if (state.Leaf is { } leaf && !ReferenceEquals(leaf, state))
        {
            LeafTokens within = Leaf(leaf);
            within.Bits.CopyTo(bits, 0);
            foreach (byte[] refused in state.RefusedEnds)
            {
                foreach (int id in vocabulary.TokensAt(vocabulary.Find(refused)))
                {
                    bits[id >> 6] &= ~(1UL << (id & 63));
                }
            }

            foreach ((int exit, ByteLanguage language) in within.Exits)
            {
                if ((language.Kind != LanguageKind.Epsilon || MayFollow(state, exit)) && After(state, exit, language) is { } outside)
                {
                    Walk(outside, exit, bits, null);
                }
            }
        }
        else
        {
            Walk(state, 0, bits, null);
        }

        if (state.CanEnd)
        {
            foreach (int id in vocabulary.EndTokens)
            {
                bits[id >> 6] |= 1UL << (id & 63);
            }
        }

        return new TokenMask(bits);
    }

    private bool MayFollow(ConstraintState state, int node)
    {
        for (int child = node + 1; child < vocabulary.EndOf(node); child = vocabulary.EndOf(child))
        {
            if (state.MayFollowLeaf(vocabulary.ByteOf(child)))
            {
                return true;
            }
        }

        return false;
    }

    private LeafTokens Leaf(ByteLanguage leaf)
    {
        if (!_leaves.TryGetValue(leaf, out LeafTokens? known))
        {
            if (_leaves.Count == MaxKept)
            {
                _leaves.Clear();
            }

            ulong[] bits = new ulong[(vocabulary.Size + 63) >> 6];
            List<(int, ByteLanguage)> exits = [];
            Walk(leaf, 0, bits, exits);
            known = _leaves[leaf] = new LeafTokens(bits, [.. exits]);
        }

        return known;
    }

    // Everything below a node that a state at that node goes along with. With a list for them, the highest nodes at which a
    // state may end are noted, where something can follow.
    private void Walk(ConstraintState from, int root, ulong[] bits, List<(int Node, ByteLanguage Language)>? exits)
    {
        int depth = 0;
        _states[0] = from;
        _ends[0] = vocabulary.EndOf(root);
        int exitEnd = 0;
        if (exits is not null && from.CanEnd)
        {
            exits.Add((root, (ByteLanguage)from));
            exitEnd = _ends[0];
        }

        int node = root + 1;
        while (node < _ends[0])
        {
            while (node >= _ends[depth])
            {
                depth--;
            }

            ConstraintState? next = _states[depth]!.Next(vocabulary.ByteOf(node));
            if (next is null)
            {
                node = vocabulary.EndOf(node);
                continue;
            }

            foreach (int id in vocabulary.TokensAt(node))
            {
                bits[id >> 6] |= 1UL << (id & 63);
            }

            int end = vocabulary.EndOf(node);
            if (exits is not null && node >= exitEnd && next.CanEnd && end > node + 1)
            {
                exits.Add((node, (ByteLanguage)next));
                exitEnd = end;
            }

            node++;
            if (end > node)
            {
                _states[++depth] = next;
                _ends[depth] = end;
            }
        }
    }

    private ConstraintState? After(ConstraintState state, int node, ByteLanguage language)
    {
        if (node == 0)
        {
            return state;
        }

        Span<byte> path = stackalloc byte[vocabulary.MaxLength];
        int start = path.Length;
        for (; node > 0; node = vocabulary.ParentOf(node))
        {
            path[--start] = vocabulary.ByteOf(node);
        }

        return state.AfterLeaf(language, path[start..]);
    }
}
