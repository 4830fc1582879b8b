namespace Rag.Documents;

/// <summary>Puts the lines of a region into rows: what stands at one height is one row, with gaps between its cells or without.</summary>
internal static class PdfRows
{
    // A gap wider than this share of the letters' height parts cells; a narrower one is a wide space.
    private const float CellGap = 1.4f;

    public static List<PdfRow> Make(List<PdfLine> region)
    {
        var rows = new List<PdfRow>();
        var open = new List<PdfLine>();
        float top = 0, bottom = 0;
        foreach (PdfLine line in region.OrderBy(line => line.Middle))
        {
            float overlap = Math.Min(bottom, line.Bottom) - Math.Max(top, line.Top);
            if (open.Count > 0 && overlap < 0.5f * Math.Min(bottom - top, line.Bottom - line.Top))
            {
                rows.Add(Row(open));
                open.Clear();
            }

            // The first line of a row decides its height: growing with each would let rows run into each other.
            if (open.Count == 0)
            {
                (top, bottom) = (line.Top, line.Bottom);
            }

            open.Add(line);
        }

        if (open.Count > 0)
        {
            rows.Add(Row(open));
        }

        return rows;
    }

    private static PdfRow Row(List<PdfLine> lines)
    {
        bool rightToLeft = lines.Count(line => line.IsRightToLeft) * 2 > lines.Count;
        List<PdfLine> ordered = [.. rightToLeft ? lines.OrderByDescending(line => line.Right) : lines.OrderBy(line => line.Left)];
        var cells = new List<string> { ordered[0].Text };
        for (int i = 1; i < ordered.Count; i++)
        {
            float gap = rightToLeft ? ordered[i - 1].Left - ordered[i].Right : ordered[i].Left - ordered[i - 1].Right;
            bool marker = i == 1 && PdfMarkers.IsAlone(ordered[0].Text);
            if (marker || gap < CellGap * Math.Min(ordered[i].Size, ordered[i - 1].Size))
            {
                cells[^1] += " " + ordered[i].Text;
            }
            else
            {
                cells.Add(ordered[i].Text);
            }
        }

        // The longest line stands for the row's height: a bullet or a footnote's number may be of another size.
        PdfLine main = lines.MaxBy(line => line.Text.Length)!;
        return new PdfRow(cells, lines.Min(line => line.Left), main.Top, lines.Max(line => line.Right), main.Size);
    }
}
