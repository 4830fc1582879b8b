using System.Text;

namespace Rag.Runtime.Generation;

/// <summary>
/// Ends a stream of text at the first stop string. What could still become one is held back: the longest end of the text
/// that begins one. The result does not depend on how the text is cut into pieces.
/// </summary>
internal sealed class StopStringMatcher
{
    private readonly string[] _stops;
    private readonly StringBuilder _held = new();

    /// <param name="stops">None empty.</param>
    public StopStringMatcher(IEnumerable<string> stops) => _stops = [.. stops.Distinct(StringComparer.Ordinal)];

    /// <summary>Whether a stop string was met; then nothing more is given out.</summary>
    public bool Stopped { get; private set; }

    /// <summary>Takes more text; returns what is certain to belong to the result.</summary>
    public string Append(string text)
    {
        if (Stopped)
        {
            return string.Empty;
        }

        if (_stops.Length == 0)
        {
            return text;
        }

        foreach (char c in text)
        {
            _held.Append(c);
            int length = Completed();
            if (length > 0)
            {
                Stopped = true;
                return Take(_held.Length - length);
            }
        }

        return Take(_held.Length - Beginning());
    }

    /// <summary>Ends the stream; returns what was held back.</summary>
    public string Flush() => Stopped ? string.Empty : Take(_held.Length);

    /// <summary>The length of the longest stop string that ends here, 0 for none.</summary>
    private int Completed()
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            if (stop.Length > longest && EndsWith(stop))
            {
                longest = stop.Length;
            }
        }

        return longest;
    }

    /// <summary>The length of the longest end of the text that begins a stop string.</summary>
    private int Beginning()
    {
        int longest = 0;
        foreach (string stop in _stops)
        {
            for (int length = Math.Min(stop.Length - 1, _held.Length); length > longest; length--)
            {
                if (EndsWith(stop.AsSpan(0, length)))
                {
                    longest = length;
                }
            }
        }

        return longest;
    }

    private bool EndsWith(ReadOnlySpan<char> end)
    {
        if (end.Length > _held.Length)
        {
            return false;
        }

        for (int i = 1; i <= end.Length; i++)
        {
            if (_held[^i] != end[^i])
            {
                return false;
            }
        }

        return true;
    }

    private string Take(int length)
    {
        string text = _held.ToString(0, length);
        _held.Remove(0, length);
        return text;
    }
}
