using System.Text;

namespace Rag.Runtime.Generation.Replies;

/// <summary>Text that is not yet given out, since its end may become a marker.</summary>
internal sealed class MarkerBuffer
{
    // White space before a marker is no part of what stands before it; more than this is given out all the same.
    private const int MostWhiteSpace = 64;
    private readonly StringBuilder _text = new();

    public int Length => _text.Length;

    public char this[int index] => _text[index];

    public void Append(char c) => _text.Append(c);

    public bool EndsWith(string marker)
    {
        if (marker.Length > _text.Length)
        {
            return false;
        }

        for (int i = 1; i <= marker.Length; i++)
        {
            if (_text[^i] != marker[^i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>How much of the beginning can become no marker, and is no white space before one.</summary>
    public int Certain(IEnumerable<string> markers)
    {
        int held = 0;
        foreach (string marker in markers)
        {
            for (int length = Math.Min(marker.Length - 1, _text.Length); length > held; length--)
            {
                if (EndsWithStart(marker, length))
                {
                    held = length;
                }
            }
        }

        int certain = _text.Length - held;
        int text = certain;
        while (text > 0 && char.IsWhiteSpace(_text[text - 1]))
        {
            text--;
        }

        return certain - text <= MostWhiteSpace ? text : certain;
    }

    /// <summary>Takes the first characters out.</summary>
    public string Take(int length)
    {
        string text = _text.ToString(0, length);
        _text.Remove(0, length);
        return text;
    }

    private bool EndsWithStart(string marker, int length)
    {
        for (int i = 1; i <= length; i++)
        {
            if (_text[^i] != marker[length - i])
            {
                return false;
            }
        }

        return true;
    }
}
