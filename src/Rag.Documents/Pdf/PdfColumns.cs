namespace Rag.Documents;

/// <summary>
/// Finds reading order. Where a region has text on both sides of a gutter that few lines cross, the left side is read before the right;
/// a line that crosses it (a title, a wide table) is read where it stands. Narrow cells side by side are a table, not columns, and
/// stay together. After the recursive cuts of Nagy and Seth (1984).
/// </summary>
internal static class PdfColumns
{
    private const int MaxDepth = 4;
    private const int MinColumnLines = 4;

    /// <summary>The regions of a page in reading order, each a set of lines to be read in rows.</summary>
    public static List<List<PdfLine>> Split(List<PdfLine> lines)
    {
        var regions = new List<List<PdfLine>>();
        List<PdfLine> level = lines.FindAll(line => !line.IsUpright);
        Split(level, 0, regions);
        regions.AddRange(lines.Where(line => line.IsUpright).Select(line => new List<PdfLine> { line }));
        return regions;
    }

    private static void Split(List<PdfLine> lines, int depth, List<List<PdfLine>> regions)
    {
        if (lines.Count == 0)
        {
            return;
        }

        if (depth >= MaxDepth || FindGutter(lines) is not { } gutter)
        {
            regions.Add(lines);
            return;
        }

        // Bands between the lines that cross the gutter, from above.
        var sides = new List<PdfLine>();
        var crossing = new List<PdfLine>();
        foreach (PdfLine line in lines.OrderBy(line => line.Middle))
        {
            if (line.Left < gutter && line.Right > gutter)
            {
                SplitSides(sides, gutter, depth, regions);
                crossing.Add(line);
            }
            else
            {
                if (crossing.Count > 0)
                {
                    regions.Add(crossing);
                    crossing = [];
                }

                sides.Add(line);
            }
        }

        SplitSides(sides, gutter, depth, regions);
        if (crossing.Count > 0)
        {
            regions.Add(crossing);
        }
    }

    private static void SplitSides(List<PdfLine> sides, float gutter, int depth, List<List<PdfLine>> regions)
    {
        List<PdfLine> left = sides.FindAll(line => line.Right <= gutter), right = sides.FindAll(line => line.Right > gutter);
        sides.Clear();
        bool rightFirst = left.Concat(right).Count(line => line.IsRightToLeft) * 2 > left.Count + right.Count;
        Split(rightFirst ? right : left, depth + 1, regions);
        Split(rightFirst ? left : right, depth + 1, regions);
    }

    private static float? FindGutter(List<PdfLine> lines)
    {
        if (lines.Count < 2 * MinColumnLines)
        {
            return null;
        }

        const int Bins = 256;
        float left = lines.Min(line => line.Left), right = lines.Max(line => line.Right), step = (right - left) / Bins;
        if (step <= 0)
        {
            return null;
        }

        var changes = new int[Bins + 2];
        foreach (PdfLine line in lines)
        {
            changes[Math.Clamp((int)((line.Left - left) / step), 0, Bins)]++;
            changes[Math.Clamp((int)((line.Right - left) / step) + 1, 0, Bins + 1)]--;
        }

        // The stretch that the fewest lines cover, away from the edges; of equal ones the one nearest to the middle.
        int best = -1, fewest = lines.Count / 3, covered = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            covered += changes[bin];
            if (bin is > Bins * 15 / 100 and < Bins * 85 / 100
                && (covered < fewest || (covered == fewest && best >= 0 && Math.Abs(bin - (Bins / 2)) < Math.Abs(best - (Bins / 2)))))
            {
                (best, fewest) = (bin, covered);
            }
        }

        float gutter = left + ((best + 0.5f) * step);
        return best >= 0 && IsProse(lines.FindAll(line => line.Right <= gutter)) && IsProse(lines.FindAll(line => line.Left >= gutter)) ? gutter : null;
    }

    private static bool IsProse(List<PdfLine> side)
    {
        if (side.Count < MinColumnLines)
        {
            return false;
        }

        float width = side.Max(line => line.Right) - side.Min(line => line.Left);
        List<float> widths = [.. side.Select(line => line.Width).Order()];
        float usual = widths[widths.Count / 2];
        return usual >= 0.5f * width && usual >= 9 * side[side.Count / 2].Size;
    }
}
