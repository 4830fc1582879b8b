namespace Rag.Documents;

/// <summary>Puts rows together into paragraphs: a new one begins at a wider gap, another size, an indent or a list's marker.</summary>
internal static class PdfParagraphs
{
    // A line that ends this share of the region's width before its right edge keeps its end: an address, a form, a verse.
    private const float ShortLine = 0.3f;

    public static IEnumerable<PdfBlock> Make(List<PdfRow> rows)
    {
        Dictionary<int, float> pitches = UsualPitches(rows);
        float right = rows.Count == 0 ? 0 : rows.Max(row => row.Right), width = rows.Count == 0 ? 0 : right - rows.Min(row => row.Left);
        var lines = new List<string>();
        PdfRow? last = null;
        for (int i = 0; i < rows.Count; i++)
        {
            PdfRow row = rows[i];
            bool table = row.Cells.Count > 1 || (IsTable(rows, i - 1) && IsTable(rows, i + 1));
            if (last is not null && (table || Breaks(last, row, pitches)))
            {
                yield return Block(lines, last);
                (lines, last) = ([], null);
            }

            if (table)
            {
                // Cells alone in their place are a line with gaps; rows of cells near each other are a table.
                bool beside = row.Cells.Count == 1 || IsTable(rows, i - 2) || IsTable(rows, i - 1) || IsTable(rows, i + 1) || IsTable(rows, i + 2);
                yield return new PdfBlock(beside ? ElementKind.TableRow : ElementKind.Paragraph, row.Size, [string.Join(beside ? " | " : " ", row.Cells)]);
                continue;
            }

            if (last is not null && last.Right < right - (ShortLine * width))
            {
                lines[^1] += '\n';
            }

            lines.Add(row.Cells[0]);
            last = row;
        }

        if (last is not null)
        {
            yield return Block(lines, last);
        }
    }

    private static bool IsTable(List<PdfRow> rows, int i) => i >= 0 && i < rows.Count && rows[i].Cells.Count > 1;

    private static PdfBlock Block(List<string> lines, PdfRow last) => new(PdfMarkers.Begins(lines[0]) ? ElementKind.ListItem : ElementKind.Paragraph, last.Size, lines);

    private static bool Breaks(PdfRow above, PdfRow row, Dictionary<int, float> pitches)
    {
        float step = row.Top - above.Top;
        float ratio = row.Size / Math.Max(0.1f, above.Size);
        return step > 1.35f * pitches.GetValueOrDefault(SizeKey(row), 1.6f * row.Size) || step < 0 || ratio is > 1.2f or < 0.83f
            || PdfMarkers.Begins(row.Cells[0])
            || (row.Left - above.Left > 0.8f * row.Size && above.Right - row.Right < 3 * row.Size && !PdfMarkers.Begins(above.Cells[0]))
            || above.Right < row.Right - (0.35f * (row.Right - row.Left));
    }

    /// <summary>For each size of letters how far apart lines of one paragraph stand.</summary>
    private static Dictionary<int, float> UsualPitches(List<PdfRow> rows)
    {
        var steps = new Dictionary<int, List<float>>();
        for (int i = 1; i < rows.Count; i++)
        {
            float step = rows[i].Top - rows[i - 1].Top;
            if (SizeKey(rows[i]) == SizeKey(rows[i - 1]) && step > 0.5f * rows[i].Size && step < 2.5f * rows[i].Size)
            {
                (steps.TryGetValue(SizeKey(rows[i]), out List<float>? of) ? of : steps[SizeKey(rows[i])] = []).Add(step);
            }
        }

        var pitches = new Dictionary<int, float>();
        foreach ((int size, List<float> of) in steps)
        {
            of.Sort();
            pitches[size] = of[(of.Count - 1) / 3];
        }

        return pitches;
    }

    private static int SizeKey(PdfRow row) => (int)MathF.Round(Math.Clamp(row.Size, 0, 10_000));
}
