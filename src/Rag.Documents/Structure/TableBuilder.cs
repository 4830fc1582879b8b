namespace Rag.Documents;

/// <summary>Collects one table and turns it into rows. A table that only arranges a page is given back as the blocks in it.</summary>
internal sealed class TableBuilder
{
    private const int MaxColumns = 1024;
    private const int MaxCellLength = 2000;
    private const int SpanBudget = 100_000;
    private readonly List<(bool Header, List<TableCell> Cells)> _rows = [];

    public TableCell? OpenCell { get; private set; }

    public void BeginRow(bool header)
    {
        EndCell();
        _rows.Add((header, []));
    }

    public void BeginCell(TableCell cell)
    {
        EndCell();
        if (_rows.Count == 0)
        {
            BeginRow(header: false);
        }

        OpenCell = cell;
    }

    public void EndCell()
    {
        if (OpenCell is not null && _rows[^1].Cells.Count < MaxColumns)
        {
            _rows[^1].Cells.Add(OpenCell);
        }
        else if (OpenCell is not null)
        {
            // Past any sensible width the text is kept, its column is not.
            _rows[^1].Cells[^1].Blocks.AddRange(OpenCell.Blocks);
        }

        OpenCell = null;
    }

    /// <summary>The table as blocks in reading order.</summary>
    public IEnumerable<Block> Finish()
    {
        EndCell();
        _rows.RemoveAll(row => row.Cells.Count == 0);
        return IsLayout() ? _rows.SelectMany(row => row.Cells).SelectMany(cell => cell.Blocks) : Rows();
    }

    private bool IsLayout() =>
        _rows.Count > 0
        && (_rows.Max(row => row.Cells.Count) == 1
            || _rows.SelectMany(row => row.Cells).Any(cell =>
                (cell.Blocks.Count > 1 && cell.Blocks.Exists(block => block.Kind == ElementKind.Heading))
                || cell.Blocks.Sum(block => (long)block.Text.Length) > MaxCellLength));

    private IEnumerable<Block> Rows()
    {
        List<GridCell[]> grid = Grid(out List<bool> headers);
        int headerRows = headers.TakeWhile(header => header).Count();
        if (headerRows == grid.Count)
        {
            headerRows = 0;
        }

        if (headerRows == 0 && grid.Count > 1 && grid[0].Length >= 3 && TableRowText.LooksLikeHeader([.. grid[0].Select(cell => cell.Text)]))
        {
            headerRows = 1;
        }

        string[] names = ColumnNames(grid, headerRows);
        for (int r = 0; r < grid.Count; r++)
        {
            bool caption = _rows[r].Cells.Count == 1;
            if (caption && _rows[r].Cells[0].RowSpan > 1)
            {
                // It stands in the rows that it covers.
                continue;
            }

            string text = r < headerRows || names.Length == 0 || caption
                ? Plain(r, grid[r])
                : TableRowText.Named(names, [.. grid[r].Select(cell => cell.Text)]);
            if (text.Length > 0)
            {
                yield return new Block(ElementKind.TableRow, 0, text);
            }
        }
    }

    private static string[] ColumnNames(List<GridCell[]> grid, int headerRows)
    {
        int columns = headerRows == 0 ? 0 : grid.Take(headerRows).Max(row => row.Length);
        var names = new string[columns];
        for (int c = 0; c < columns; c++)
        {
            names[c] = string.Join(' ', grid.Take(headerRows).Where(row => c < row.Length && row[c].Text.Length > 0).Select(row => row[c].Text).Distinct());
        }

        return names;
    }

    private string Plain(int row, GridCell[] values)
    {
        // A row that names itself in its first cell, as in the box of an encyclopedia article.
        List<TableCell> cells = _rows[row].Cells;
        if (cells.Count == 2 && cells[0].IsHeader && !cells[1].IsHeader && cells[0].Text is { Length: > 0 } name)
        {
            string value = cells[1].Text;
            return value.Length == 0 ? name : $"{TableRowText.Label(name)}: {value}";
        }

        return TableRowText.Unnamed([.. values.Where(cell => !cell.Repeats).Select(cell => cell.Text)]);
    }

    /// <summary>The cells as a grid in which spanning cells stand in each place that they cover, within a budget of places.</summary>
    private List<GridCell[]> Grid(out List<bool> headers)
    {
        var grid = new List<GridCell[]>(_rows.Count);
        headers = new List<bool>(_rows.Count);
        var carried = new Dictionary<int, (int Rows, GridCell Cell)>();
        long budget = SpanBudget + (4L * _rows.Sum(row => (long)row.Cells.Count));
        foreach ((bool header, List<TableCell> cells) in _rows)
        {
            var row = new List<GridCell>(cells.Count);
            foreach (TableCell cell in cells)
            {
                TakeCarried(carried, row, ref budget);
                string text = cell.ContinuesAbove && grid.Count > 0 && row.Count < grid[^1].Length ? grid[^1][row.Count].Text : cell.Text;
                int span = budget <= 0 ? 1 : Math.Clamp(cell.ColumnSpan, 1, Math.Max(1, MaxColumns - row.Count));
                budget -= span;
                for (int i = 0; i < span; i++)
                {
                    var place = new GridCell(text, i > 0);
                    if (cell.RowSpan > 1)
                    {
                        carried[row.Count] = (cell.RowSpan - 1, place);
                    }

                    row.Add(place);
                }
            }

            TakeCarried(carried, row, ref budget);
            grid.Add([.. row]);
            headers.Add(header || (row.Count >= (grid[0].Length + 1) / 2 && cells.TrueForAll(cell => cell.IsHeader)));
        }

        return grid;
    }

    private static void TakeCarried(Dictionary<int, (int Rows, GridCell Cell)> carried, List<GridCell> row, ref long budget)
    {
        while (budget > 0 && row.Count < MaxColumns && carried.TryGetValue(row.Count, out (int Rows, GridCell Cell) above))
        {
            if (above.Rows > 1)
            {
                carried[row.Count] = (above.Rows - 1, above.Cell);
            }
            else
            {
                carried.Remove(row.Count);
            }

            budget--;
            row.Add(above.Cell);
        }
    }

    private readonly record struct GridCell(string Text, bool Repeats);
}
