using Rag.Models.Networks;

namespace Rag.Runtime.Sessions;

/// <summary>
/// How rows of a cache lie when they are kept apart from their session: for each head of each buffer of each layer, its rows one
/// after the other. Runs of tokens are then long pieces of memory on both sides of a copy. Immutable.
/// </summary>
internal sealed class CacheLayout
{
    private readonly int[] _widths;

    /// <param name="widths">Numbers of one token, for each head of each buffer.</param>
    /// <param name="stateFloats">See <see cref="StateFloats"/>.</param>
    public CacheLayout(IEnumerable<int> widths, long stateFloats)
    {
        _widths = [.. widths];
        FloatsPerToken = _widths.Sum(width => (long)width);
        StateFloats = stateFloats;
    }

    /// <summary>The layout of a network's rows.</summary>
    public static CacheLayout Of(NetworkDescription network)
    {
        List<int> widths = [];
        int perFloat = network.EightBitCache ? sizeof(float) : 1;
        long state = 0;
        foreach (LayerDescription layer in network.Layers)
        {
            if (layer.Cache is { } cache)
            {
                int heads = cache.Heads * (cache.Form == CacheForm.KeysAndValues ? 2 : 1);
                widths.AddRange(Enumerable.Repeat(cache.Width / perFloat, heads));
            }

            state += layer.States.Sum(shape => shape.Aggregate(1L, (product, size) => checked(product * size)));
        }

        return new CacheLayout(widths, state) { HoldsBytes = network.EightBitCache };
    }

    /// <summary>Whether rows are whole numbers of a byte, four of which take the place of one number.</summary>
    public bool HoldsBytes { get; private init; }

    /// <summary>Numbers that all layers keep of one token.</summary>
    public long FloatsPerToken { get; }

    /// <summary>Numbers that all layers keep of all tokens together; 0 for none.</summary>
    public long StateFloats { get; }

    /// <summary>Copies the rows of <paramref name="count"/> tokens from some rows to others.</summary>
    /// <param name="from">The rows of <paramref name="fromTokens"/> tokens.</param>
    /// <param name="fromTokens">Tokens that <paramref name="from"/> holds.</param>
    /// <param name="fromStart">The first token to copy.</param>
    /// <param name="to">The rows of <paramref name="toTokens"/> tokens.</param>
    /// <param name="toTokens">Tokens that <paramref name="to"/> has room for.</param>
    /// <param name="toStart">Where the first goes.</param>
    /// <param name="count">Tokens to copy.</param>
    public void Copy(ReadOnlySpan<float> from, int fromTokens, int fromStart, Span<float> to, int toTokens, int toStart, int count)
    {
        foreach (int width in _widths)
        {
            from.Slice(fromStart * width, count * width).CopyTo(to[(toStart * width)..]);
            from = from[(fromTokens * width)..];
            to = to[(toTokens * width)..];
        }
    }
}
