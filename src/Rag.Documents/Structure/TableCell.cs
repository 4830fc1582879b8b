namespace Rag.Documents;

/// <summary>One cell of a table while it is being read.</summary>
internal sealed class TableCell
{
    /// <summary>Whether the format marks it as a header.</summary>
    public bool IsHeader { get; init; }

    /// <summary>Columns that it covers.</summary>
    public int ColumnSpan { get; init; } = 1;

    /// <summary>Rows that it covers.</summary>
    public int RowSpan { get; init; } = 1;

    /// <summary>Whether it goes on from the cell above, as vertically merged cells of a Word table do.</summary>
    public bool ContinuesAbove { get; init; }

    /// <summary>What stands in it.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>Its text on one line.</summary>
    public string Text => TextCleaner.OneLine(string.Join(' ', Blocks.Select(block => block.Text)));
}
