namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>The points that a format chooses its groups of values from. Immutable.</summary>
internal sealed class Codebook
{
    private readonly sbyte[] _points;

    /// <param name="held">A bit for each point, least first: whether the codebook holds it.</param>
    /// <param name="dimensions">Values of a point.</param>
    /// <param name="levels">What the digits of a point's number stand for, the number's base being their count.</param>
    public Codebook(ReadOnlySpan<byte> held, int dimensions, ReadOnlySpan<sbyte> levels)
    {
        Dimensions = dimensions;
        List<sbyte> points = [];
        for (int number = 0; number < held.Length * 8; number++)
        {
            if ((held[number / 8] >> (number % 8) & 1) == 0)
            {
                continue;
            }

            for (int i = 0, digits = number; i < dimensions; i++, digits /= levels.Length)
            {
                points.Add(levels[digits % levels.Length]);
            }
        }

        _points = [.. points];
    }

    /// <summary>Values of a point.</summary>
    public int Dimensions { get; }

    /// <summary>The number of points.</summary>
    public int Count => _points.Length / Dimensions;

    /// <summary>The values of a point.</summary>
    public ReadOnlySpan<sbyte> this[int index] => _points.AsSpan(index * Dimensions, Dimensions);
}
