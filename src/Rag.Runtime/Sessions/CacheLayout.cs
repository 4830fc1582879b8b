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
        long state = 0;
        foreach (LayerDescription layer in network.Layers)
        {
            if (layer.Cache is { } cache)
            {
                int heads = cache.Heads * (cache.Form == CacheForm.KeysAndValues ? 2 : 1);
                widths.AddRange(Enumerable.Repeat(cache.Width, heads));
            }

            state += layer.States.Sum(shape => shape.Aggregate(1L, (product, size) => checked(product * size)));
        }

        return new CacheLayout(widths, state);
    }

    /// <summary>Numbers that all layers keep of one token.</summary>
    public long FloatsPerToken { get; }

    /// <summary>Numbers that all layers keep of all tokens together; 0 for none.</summary>
    public long StateFloats { get; }

    /// <summary>Copies some tokens' rows out of those of more.</summary>
    /// <param name="rows">The rows of <paramref name="tokens"/> tokens.</param>
    /// <param name="tokens">Tokens that <paramref name="rows"/> holds.</param>
    /// <param name="start">The first token to copy.</param>
    /// <param name="part">Receives rows up to its end.</param>
    /// <param name="count">Tokens to copy.</param>
    public void Slice(ReadOnlySpan<float> rows, int tokens, int start, Span<float> part, int count)
    {
        foreach (int width in _widths)
        {
            rows.Slice(start * width, count * width).CopyTo(part);
            rows = rows[(tokens * width)..];
            part = part[(count * width)..];
        }
    }
}
