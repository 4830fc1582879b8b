using Rag.Runtime.Generation.Constraints.Tokens;

namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>The tokens of a vocabulary that are free text between two characters, and the nodes of its trie at which an opening mark ends.</summary>
internal sealed class FreeTokens
{
    private readonly ulong[] _bits;

    public FreeTokens(FreeText text, TokenVocabulary vocabulary)
    {
        _bits = new ulong[(vocabulary.Size + 63) >> 6];
        int[] states = new int[vocabulary.MaxLength + 1];
        int[] ends = new int[vocabulary.MaxLength + 1];
        List<int> openings = [];
        int depth = 0;
        states[0] = FreeText.Start;
        ends[0] = vocabulary.Nodes;
        for (int node = 1; node < vocabulary.Nodes;)
        {
            while (node >= ends[depth])
            {
                depth--;
            }

            int end = vocabulary.EndOf(node);
            int state = text.Next(states[depth], vocabulary.ByteOf(node));
            if (state == FreeText.Opened)
            {
                openings.Add(node);
            }

            if (state < 0)
            {
                node = end;
                continue;
            }

            foreach (int id in vocabulary.TokensAt(node))
            {
                _bits[id >> 6] |= 1UL << (id & 63);
            }

            if (end > ++node)
            {
                states[++depth] = state;
                ends[depth] = end;
            }
        }

        Openings = openings;
    }

    /// <summary>The nodes at which an opening mark ends.</summary>
    public IReadOnlyList<int> Openings { get; }

    /// <summary>Marks the tokens.</summary>
    public void Mark(Span<ulong> bits)
    {
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] |= _bits[i];
        }
    }
}
