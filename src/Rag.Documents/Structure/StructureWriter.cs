namespace Rag.Documents;

/// <summary>
/// Takes blocks and tables in reading order, tables inside cells too, and writes them to a <see cref="DocumentBuilder"/>. Tables
/// nested deeper than a few levels lose their rows and keep their text.
/// </summary>
internal sealed class StructureWriter(DocumentBuilder builder, ReaderOptions limits, string location)
{
    private const int MaxTableDepth = 8;
    private readonly Stack<TableBuilder> _tables = new();
    private int _beyond;
    private long _buffered;

    public bool InTable => _tables.Count > 0;

    public void Add(ElementKind kind, int level, ReadOnlySpan<char> text)
    {
        if (_tables.Count == 0)
        {
            builder.Add(kind, level, text);
            return;
        }

        string clean = TextCleaner.Clean(text);
        if (clean.Length > 0)
        {
            Buffer(new Block(kind, level, clean));
        }
    }

    public void BeginTable()
    {
        if (_tables.Count >= MaxTableDepth)
        {
            _beyond++;
            return;
        }

        _tables.Push(new TableBuilder());
    }

    public void BeginRow(bool header)
    {
        if (_beyond == 0 && _tables.TryPeek(out TableBuilder? table))
        {
            Count();
            table.BeginRow(header);
        }
    }

    public void BeginCell(TableCell cell)
    {
        if (_beyond == 0 && _tables.TryPeek(out TableBuilder? table))
        {
            Count();
            table.BeginCell(cell);
        }
    }

    public void EndCell()
    {
        if (_beyond == 0 && _tables.TryPeek(out TableBuilder? table))
        {
            table.EndCell();
        }
    }

    public void EndTable()
    {
        if (_beyond > 0)
        {
            _beyond--;
            return;
        }

        if (!_tables.TryPop(out TableBuilder? table))
        {
            return;
        }

        foreach (Block block in table.Finish())
        {
            if (_tables.Count == 0)
            {
                builder.Add(block);
            }
            else
            {
                Buffer(block);
            }
        }
    }

    /// <summary>Ends tables that the content left open.</summary>
    public void Finish()
    {
        _beyond = 0;
        while (_tables.Count > 0)
        {
            EndTable();
        }
    }

    private void Buffer(in Block block)
    {
        Count();
        if (_tables.Peek().OpenCell is { } cell)
        {
            cell.Blocks.Add(block);
        }
        else if (_tables.Count == 1)
        {
            // A caption, or text between rows: it reads before the table.
            builder.Add(block);
        }
        else
        {
            TableBuilder inner = _tables.Pop();
            Buffer(block);
            _tables.Push(inner);
        }
    }

    private void Count()
    {
        if (++_buffered > limits.MaxElements * 4L)
        {
            throw new LimitExceededException(nameof(ReaderOptions.MaxElements), limits.MaxElements, _buffered / 4, location);
        }
    }
}
