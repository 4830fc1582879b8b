namespace Rag.Models.Packing.Sources;

/// <summary>A matrix of GPTQ or AWQ with its numbers as they are stored, in memory: [inputs, outputs] of half bytes.</summary>
internal sealed class WordMatrix
{
    public required int Rows { get; init; }

    public required int Columns { get; init; }

    /// <summary>Groups of inputs that share scales and zeros.</summary>
    public required int Groups { get; init; }

    /// <summary>The group of each input.</summary>
    public required int[] GroupOf { get; init; }

    /// <summary>[groups, outputs].</summary>
    public required float[] Scales { get; init; }

    /// <summary>[groups, outputs]: the numbers that stand for 0, from 0 to 16.</summary>
    public required byte[] Zeros { get; init; }

    /// <summary>Says the number of an output and an input.</summary>
    public required Func<int, int, int> Number { get; init; }

    /// <summary>Inputs of one group where all are as large and one behind another; null where they are not.</summary>
    public int? GroupSize
    {
        get
        {
            int size = Columns / Groups;
            return size * Groups == Columns && !GroupOf.Where((group, i) => group != i / size).Any() ? size : null;
        }
    }

    /// <summary>Row by row in single precision.</summary>
    public float[] ToSingles()
    {
        float[] values = new float[checked(Rows * Columns)];
        for (int row = 0; row < Rows; row++)
        {
            for (int column = 0; column < Columns; column++)
            {
                int at = (GroupOf[column] * Rows) + row;
                values[(row * Columns) + column] = Scales[at] * (Number(row, column) - Zeros[at]);
            }
        }

        return values;
    }
}
