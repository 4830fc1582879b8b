namespace Rag.Index.Vectors;

/// <summary>
/// All vectors of one generation, one after another, with the keys of their chunks, ascending. Immutable to its readers: a later
/// generation that only adds shares the arrays and fills the room behind <see cref="Count"/>.
/// </summary>
internal sealed class VectorMatrix(long generation, long removals, int dimensions, int count, long[] keys, float[] values)
{
    /// <summary>The generation that it shows.</summary>
    public long Generation => generation;

    /// <summary>See <see cref="Storage.IndexState.Removals"/>.</summary>
    public long Removals => removals;

    /// <summary>Length of a vector.</summary>
    public int Dimensions => dimensions;

    /// <summary>Number of vectors.</summary>
    public int Count => count;

    /// <summary>Keys of the chunks, ascending.</summary>
    public ReadOnlySpan<long> Keys => keys.AsSpan(0, count);

    /// <summary>One vector.</summary>
    public ReadOnlySpan<float> Row(int index) => values.AsSpan(index * dimensions, dimensions);

    /// <summary>The arrays, for the generation that follows.</summary>
    public (long[] Keys, float[] Values) Storage => (keys, values);
}
