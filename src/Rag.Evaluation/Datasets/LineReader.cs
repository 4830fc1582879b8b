using System.Text;

namespace Rag.Evaluation.Datasets;

/// <summary>Reads lines of at most a given length; a longer one is refused before it is held.</summary>
internal sealed class LineReader(Stream stream, int maxLength, string location) : IDisposable
{
    private readonly StreamReader _reader = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
    private readonly char[] _buffer = new char[1 << 14];
    private readonly StringBuilder _line = new();
    private int _next, _filled;

    /// <summary>The next line without its end, or null at the end.</summary>
    public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
    {
        _line.Clear();
        bool any = false;
        while (true)
        {
            if (_next == _filled)
            {
                (_next, _filled) = (0, await _reader.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false));
                if (_filled == 0)
                {
                    return any ? _line.ToString() : null;
                }
            }

            any = true;
            ReadOnlyMemory<char> rest = _buffer.AsMemory(_next, _filled - _next);
            int end = rest.Span.IndexOf('\n');
            int length = end < 0 ? rest.Length : end;
            if (_line.Length + (long)length > maxLength)
            {
                throw new LimitExceededException(nameof(DatasetOptions.MaxLineLength), maxLength, _line.Length + (long)length, location);
            }

            _line.Append(rest.Span[..length]);
            _next += length;
            if (end >= 0)
            {
                _next++;
                return _line.ToString();
            }
        }
    }

    public void Dispose() => _reader.Dispose();
}
