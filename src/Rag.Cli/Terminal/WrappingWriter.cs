using System.Text;

namespace Rag.Cli.Terminal;

/// <summary>
/// Writes text that comes in pieces, wrapped at a width: a word is held back until it is whole, a word longer than a line is
/// left alone (a broken address is worse than a long line), wide script breaks between characters. Not safe for concurrent use.
/// </summary>
internal sealed class WrappingWriter(TextWriter writer, int width, string indent = "")
{
    private readonly StringBuilder _word = new();
    private readonly StringBuilder _blanks = new();
    private int _column;
    private int _wordWidth;

    /// <summary>Writes a piece; it may end within a word, not within a character.</summary>
    public void Write(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == '\n')
            {
                EndWord();
                _blanks.Clear();
                writer.Write('\n');
                _column = 0;
            }
            else if (rune.Value is ' ' or '\t')
            {
                EndWord();
                _blanks.Append(' ');
            }
            else
            {
                int cells = CellWidth.Of(rune);
                if (cells == 2)
                {
                    // Between wide characters a line may break anywhere; what stands before stays whole.
                    EndWord();
                }

                _word.Append(rune.ToString());
                _wordWidth += cells;
            }
        }
    }

    /// <summary>Writes what is held back; <paramref name="endLine"/> ends the line where one is begun.</summary>
    public void Flush(bool endLine)
    {
        EndWord();
        if (endLine && _column > 0)
        {
            writer.Write('\n');
            _column = 0;
        }

        writer.Flush();
    }

    private void EndWord()
    {
        if (_word.Length == 0)
        {
            return;
        }

        if (_column > indent.Length && _column + _blanks.Length + _wordWidth > width)
        {
            writer.Write('\n');
            _column = 0;
            _blanks.Clear();
        }

        if (_column == 0)
        {
            writer.Write(indent);
            _column = indent.Length;
        }

        writer.Write(_blanks);
        writer.Write(_word);
        _column += _blanks.Length + _wordWidth;
        _blanks.Clear();
        _word.Clear();
        _wordWidth = 0;
    }
}
