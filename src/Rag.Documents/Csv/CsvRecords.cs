using System.Text;

namespace Rag.Documents;

/// <summary>
/// Splits text into records as RFC 4180 says, in one pass. A quotation that the text never closes cannot swallow the rest of the
/// file: it is then read again from that record on with quotes as ordinary characters.
/// </summary>
internal sealed class CsvRecords(string text, char delimiter, int maxColumns)
{
    private readonly StringBuilder _field = new();
    private int _next;
    private bool _quotesAreText;

    /// <summary>The next record that is not blank, or null at the end.</summary>
    public List<string>? Next()
    {
        while (_next < text.Length)
        {
            int start = _next;
            List<string>? record = Read();
            if (record is null)
            {
                _quotesAreText = true;
                _next = start;
                record = Read()!;
            }

            if (record.Exists(field => !string.IsNullOrWhiteSpace(field)))
            {
                return record;
            }
        }

        return null;
    }

    private List<string>? Read()
    {
        var record = new List<string>();
        while (true)
        {
            if (ReadField() is not { } field)
            {
                return null;
            }

            if (record.Count < maxColumns)
            {
                record.Add(field);
            }
            else
            {
                // Kept aside in the last column, which stays readable that way.
                _overflow.Append(' ').Append(field);
            }

            if (_next < text.Length && text[_next] == delimiter)
            {
                _next++;
                continue;
            }

            SkipLineEnd();
            if (_overflow.Length > 0)
            {
                record[^1] += _overflow.ToString();
                _overflow.Clear();
            }

            return record;
        }
    }

    private readonly StringBuilder _overflow = new();

    private string? ReadField()
    {
        int start = _next;
        if (!_quotesAreText && _next < text.Length && text[_next] == '"')
        {
            return ReadQuoted();
        }

        int length = text.AsSpan(start).IndexOfAny(delimiter, '\n', '\r');
        _next = length < 0 ? text.Length : start + length;
        return text[start.._next];
    }

    private string? ReadQuoted()
    {
        _field.Clear();
        _next++;
        while (true)
        {
            int length = text.AsSpan(_next).IndexOf('"');
            if (length < 0)
            {
                return null;
            }

            _field.Append(text, _next, length);
            _next += length + 1;
            if (_next < text.Length && text[_next] == '"')
            {
                _field.Append('"');
                _next++;
                continue;
            }

            // What follows the closing quote up to the delimiter belongs to the field, as spreadsheets read it.
            int rest = text.AsSpan(_next).IndexOfAny(delimiter, '\n', '\r');
            rest = rest < 0 ? text.Length - _next : rest;
            _field.Append(text, _next, rest);
            _next += rest;
            return _field.ToString();
        }
    }

    private void SkipLineEnd()
    {
        if (_next < text.Length && text[_next] == '\r')
        {
            _next++;
        }

        if (_next < text.Length && text[_next] == '\n')
        {
            _next++;
        }
    }
}
