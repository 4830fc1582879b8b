namespace Rag.Models.Packing.Sources;

/// <summary>Turns matrices that lie one under another, each by itself.</summary>
internal static class TurnedSlabs
{
    private const int Tile = 32;

    /// <param name="source">The matrices one under another.</param>
    /// <param name="slabRows">Rows of each.</param>
    public static MatrixReader Of(MatrixReader source, int slabRows) => new SlabMatrix(source.Rows / slabRows, source.Columns, slabRows, slab =>
    {
        float[] values = new float[checked(slabRows * source.Columns)];
        source.Read(slab * slabRows, values);
        return Turn(values, slabRows, source.Columns);
    });

    // By tiles, since either the reads or the writes of a whole row miss the cache.
    private static float[] Turn(float[] values, int rows, int columns)
    {
        float[] turned = new float[values.Length];
        for (int top = 0; top < rows; top += Tile)
        {
            for (int left = 0; left < columns; left += Tile)
            {
                for (int i = top; i < Math.Min(top + Tile, rows); i++)
                {
                    for (int j = left; j < Math.Min(left + Tile, columns); j++)
                    {
                        turned[(j * rows) + i] = values[(i * columns) + j];
                    }
                }
            }
        }

        return turned;
    }
}
