using System.Text;
using Rag.Tokenizers.Text;

namespace Rag.Tokenizers.Normalization;

/// <summary>
/// Places new characters by their changes, while a cursor runs over the old text: 1 is a character added beside the one before
/// it, 0 replaces one of the old text, and -n replaces one and swallows the n after it.
/// </summary>
internal ref struct ChangeWriter(AlignedText text)
{
    private readonly AlignedText _text = text;
    private int _cursor;

    /// <summary>Leaves units as they are.</summary>
    public void Copy(int length)
    {
        _text.Copy(_cursor, _cursor + length);
        _cursor += length;
    }

    /// <summary>Writes one character.</summary>
    public void Write(int codePoint, int change)
    {
        Span<char> units = stackalloc char[2];
        int length = new Rune(codePoint).EncodeToUtf16(units);
        _text.Emit(units[..length], change > 0 ? _cursor - 1 : Math.Min(_cursor, _text.Length - 1));
        for (int taken = change; taken <= 0 && _cursor < _text.Length; taken++)
        {
            Rune.DecodeFromUtf16(_text.Span[_cursor..], out _, out int consumed);
            _cursor += consumed;
        }
    }
}
