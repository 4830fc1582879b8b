namespace Rag.Tokenizers.Text;

/// <summary>
/// Text on its way through normalizers and pre-tokenizers: UTF-16 code units and, where offsets are wanted, the range of the
/// original text that each came from. A rewrite reads the current text by index and emits the next; <see cref="Commit"/>
/// swaps them. Reused from text to text; not safe for concurrent use.
/// </summary>
internal sealed class AlignedText
{
    private char[] _chars = [];
    private int[] _starts = [];
    private int[] _ends = [];
    private char[] _nextChars = [];
    private int[] _nextStarts = [];
    private int[] _nextEnds = [];
    private int _nextLength;

    public int Length { get; private set; }

    /// <summary>Whether alignments are kept.</summary>
    public bool Tracked { get; private set; }

    /// <summary>Position in the original text of the section that this text was made of.</summary>
    public int Origin { get; private set; }

    public int NextLength => _nextLength;

    public ReadOnlySpan<char> Span => _chars.AsSpan(0, Length);

    /// <summary>Starts over with a section of the original text, each code unit aligned with its own character.</summary>
    public void Load(ReadOnlySpan<char> text, int origin, bool tracked)
    {
        Ensure(ref _chars, text.Length);
        text.CopyTo(_chars);
        Length = text.Length;
        Origin = origin;
        Tracked = tracked;
        _nextLength = 0;
        if (!tracked)
        {
            return;
        }

        Ensure(ref _starts, text.Length);
        Ensure(ref _ends, text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            _starts[i] = origin + i;
            _ends[i] = origin + i + 1;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                _ends[i] = origin + i + 2;
                _starts[i + 1] = origin + i;
                _ends[i + 1] = origin + i + 2;
                i++;
            }
        }
    }

    /// <summary>Original range of a non-empty range of this text: from the start of its first unit to the end of its last.</summary>
    public (int Start, int End) OriginalRange(int start, int end) => (_starts[start], _ends[end - 1]);

    /// <summary>Original position of the first unit of a range; meaningful only while tracked.</summary>
    public int OriginalStart(int index) => _starts[index];

    /// <summary>Emits a unit aligned with the unit at <paramref name="source"/>.</summary>
    public void Emit(char c, int source)
    {
        EnsureNext(1);
        _nextChars[_nextLength] = c;
        if (Tracked)
        {
            _nextStarts[_nextLength] = _starts[source];
            _nextEnds[_nextLength] = _ends[source];
        }

        _nextLength++;
    }

    /// <summary>Emits units that all share the alignment of the unit at <paramref name="source"/>; -1 means the empty range at the origin.</summary>
    public void Emit(ReadOnlySpan<char> text, int source)
    {
        EnsureNext(text.Length);
        text.CopyTo(_nextChars.AsSpan(_nextLength));
        if (Tracked)
        {
            _nextStarts.AsSpan(_nextLength, text.Length).Fill(source < 0 ? Origin : _starts[source]);
            _nextEnds.AsSpan(_nextLength, text.Length).Fill(source < 0 ? Origin : _ends[source]);
        }

        _nextLength += text.Length;
    }

    /// <summary>Emits units that all have the alignment from the unit at <paramref name="first"/> to that at <paramref name="last"/>.</summary>
    public void Emit(ReadOnlySpan<char> text, int first, int last)
    {
        EnsureNext(text.Length);
        text.CopyTo(_nextChars.AsSpan(_nextLength));
        if (Tracked)
        {
            _nextStarts.AsSpan(_nextLength, text.Length).Fill(_starts[first]);
            _nextEnds.AsSpan(_nextLength, text.Length).Fill(_ends[last]);
        }

        _nextLength += text.Length;
    }

    /// <summary>Takes back what was emitted past a length.</summary>
    public void TruncateNext(int length) => _nextLength = Math.Min(_nextLength, length);

    /// <summary>Emits a range of the current text unchanged.</summary>
    public void Copy(int start, int end)
    {
        int length = end - start;
        EnsureNext(length);
        _chars.AsSpan(start, length).CopyTo(_nextChars.AsSpan(_nextLength));
        if (Tracked)
        {
            _starts.AsSpan(start, length).CopyTo(_nextStarts.AsSpan(_nextLength));
            _ends.AsSpan(start, length).CopyTo(_nextEnds.AsSpan(_nextLength));
        }

        _nextLength += length;
    }

    /// <summary>What was emitted becomes the text.</summary>
    public void Commit()
    {
        (_chars, _nextChars) = (_nextChars, _chars);
        (_starts, _nextStarts) = (_nextStarts, _starts);
        (_ends, _nextEnds) = (_nextEnds, _ends);
        Length = _nextLength;
        _nextLength = 0;
    }

    /// <summary>Lets go of buffers that one huge text left behind.</summary>
    public void Trim(int capacity)
    {
        if (_chars.Length > capacity || _nextChars.Length > capacity)
        {
            _chars = _nextChars = [];
            _starts = _ends = _nextStarts = _nextEnds = [];
            Length = 0;
        }
    }

    private static void Ensure<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, 256)];
        }
    }

    private void EnsureNext(int more)
    {
        int needed = checked(_nextLength + more);
        if (_nextChars.Length < needed)
        {
            Array.Resize(ref _nextChars, (int)Math.Min(Array.MaxLength, Math.Max(needed, Math.Max(Length + 16L, 2L * _nextChars.Length))));
        }

        if (Tracked && _nextStarts.Length < needed)
        {
            Array.Resize(ref _nextStarts, _nextChars.Length);
            Array.Resize(ref _nextEnds, _nextChars.Length);
        }
    }
}
