using Rag.Runtime.Sessions;

namespace Rag.Runtime.Tests.Generation.Prefixes;

/// <summary>Rows that tell every token with all that came before it, its place in a row, and its regime.</summary>
internal sealed class HashedRows(int[] tokens, CacheLayout layout, int regime = 0) : IRowSource
{
    // As the layout of the tests has them.
    public static readonly int[] Widths = [2, 2, 3];

    public CacheLayout Layout => layout;

    public int Regime => regime;

    public static float Value(ReadOnlySpan<int> tokens, int position, int place, int regime = 0)
    {
        uint hash = 2166136261;
        foreach (int token in tokens[..(position + 1)])
        {
            hash = unchecked((hash ^ (uint)token) * 16777619);
        }

        return unchecked((hash ^ (uint)((place * 131) + regime)) * 16777619) >> 8;
    }

    public void ReadRows(int start, int count, Span<float> rows)
    {
        int at = 0;
        int place = 0;
        foreach (int width in Widths)
        {
            for (int i = 0; i < count; i++)
            {
                for (int j = 0; j < width; j++)
                {
                    rows[at++] = Value(tokens, start + i, place + j, regime);
                }
            }

            place += width;
        }

        Assert.Equal(rows.Length, at);
    }

    public void ReadState(Span<float> state)
    {
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = Value(tokens, tokens.Length - 1, 1000 + i, regime);
        }
    }
}
