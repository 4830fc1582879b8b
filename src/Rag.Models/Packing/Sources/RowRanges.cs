using Rag.Models.Networks;

namespace Rag.Models.Packing.Sources;

/// <summary>Where the rows of a part of a matrix lie in the whole; see <see cref="WeightRows"/>.</summary>
internal sealed class RowRanges
{
    private readonly WeightRows _part;
    private readonly long _unit;

    /// <exception cref="IncompatibleException">The groups and units do not divide the rows.</exception>
    public RowRanges(WeightRows part, long rows, int columns, string location)
    {
        long parts = (long)part.Groups * part.Units;
        if (part.RowSize != columns || rows % parts != 0)
        {
            throw new IncompatibleException($"{location}: {rows} rows of {columns} do not divide into {part.Groups} groups of {part.Units} parts.", location);
        }

        (_part, _unit) = (part, rows / parts);
    }

    /// <summary>The places of rows of the part, as runs of neighbours in the whole.</summary>
    public IEnumerable<(long From, int Count)> Of(long first, int count)
    {
        long taken = _unit * _part.Count;
        for (int done = 0; done < count;)
        {
            (long group, long within) = Math.DivRem(first + done, taken);
            int run = (int)Math.Min(taken - within, count - done);
            yield return ((((group * _part.Units) + _part.Start) * _unit) + within, run);
            done += run;
        }
    }
}
