namespace Rag.Documents;

/// <summary>Puts rows together into paragraphs: a new one begins at a wider gap, another size, an indent or a list's marker.</summary>
internal static class PdfParagraphs
{
    public static IEnumerable<PdfBlock> Make(List<PdfRow> rows)
    {
        float pitch = UsualPitch(rows);
        var lines = new List<string>();
        PdfRow? last = null;
        for (int i = 0; i < rows.Count; i++)
        {
            PdfRow row = rows[i];
            bool table = row.Cells.Count > 1;
            if (last is not null && (table || Breaks(last, row, pitch)))
            {
                yield return Block(lines, last);
                (lines, last) = ([], null);
            }

            if (table)
            {
                // Cells alone in their place are a line with gaps; two rows of cells are a table.
                bool beside = (i > 0 && rows[i - 1].Cells.Count > 1) || (i + 1 < rows.Count && rows[i + 1].Cells.Count > 1);
                yield return new PdfBlock(beside ? ElementKind.TableRow : ElementKind.Paragraph, row.Size, [string.Join(beside ? " | " : " ", row.Cells)]);
                continue;
            }

            lines.Add(row.Cells[0]);
            last = row;
        }

        if (last is not null)
        {
            yield return Block(lines, last);
        }
    }

    private static PdfBlock Block(List<string> lines, PdfRow last) => new(PdfMarkers.Begins(lines[0]) ? ElementKind.ListItem : ElementKind.Paragraph, last.Size, lines);

    private static bool Breaks(PdfRow above, PdfRow row, float pitch)
    {
        float step = row.Top - above.Top;
        float ratio = row.Size / Math.Max(0.1f, above.Size);
        return step > 1.35f * pitch || step < 0 || ratio is > 1.2f or < 0.83f
            || PdfMarkers.Begins(row.Cells[0])
            || (row.Left - above.Left > 0.8f * row.Size && above.Right - row.Right < 3 * row.Size && !PdfMarkers.Begins(above.Cells[0]))
            || above.Right < row.Right - (0.35f * (row.Right - row.Left));
    }

    private static float UsualPitch(List<PdfRow> rows)
    {
        var steps = new List<float>();
        for (int i = 1; i < rows.Count; i++)
        {
            float step = rows[i].Top - rows[i - 1].Top;
            if (step > 0.5f * rows[i].Size && step < 2.5f * rows[i].Size)
            {
                steps.Add(step);
            }
        }

        steps.Sort();
        return steps.Count > 0 ? steps[(steps.Count - 1) / 3] : rows.Count > 0 ? rows[0].Size * 1.3f : 1;
    }
}
