namespace Rag.Index.Text;

/// <summary>A word while <see cref="Porter2Stemmer"/> works on it, with the regions R1 and R2 of the algorithm.</summary>
internal ref struct PorterWord(Span<char> buffer, int length)
{
    private readonly Span<char> _buffer = buffer;

    /// <summary>Length of what is left of the word.</summary>
    public int Length = length;

    /// <summary>Start of R1: after the first consonant that follows a vowel.</summary>
    public int FirstRegion;

    private int _secondRegion;

    /// <summary>What is left of the word.</summary>
    public readonly Span<char> Text => _buffer[..Length];

    /// <summary>One letter.</summary>
    public readonly ref char this[System.Index index] => ref _buffer[..Length][index];

    /// <summary>Drops a leading apostrophe, marks consonantal y as Y, finds R1 and R2.</summary>
    public void Prepare(ReadOnlySpan<string> fixedFirstRegions)
    {
        if (_buffer[0] == '\'')
        {
            _buffer[1..Length].CopyTo(_buffer);
            Length--;
        }

        for (int i = 0; i < Length; i++)
        {
            if (_buffer[i] == 'y' && (i == 0 || IsVowel(i - 1)))
            {
                _buffer[i] = 'Y';
            }
        }

        FirstRegion = -1;
        foreach (string prefix in fixedFirstRegions)
        {
            if (((ReadOnlySpan<char>)Text).StartsWith(prefix))
            {
                FirstRegion = prefix.Length;
            }
        }

        FirstRegion = FirstRegion < 0 ? RegionAfter(0) : FirstRegion;
        _secondRegion = RegionAfter(FirstRegion);
    }

    public readonly bool IsVowel(int index) => _buffer[index] is 'a' or 'e' or 'i' or 'o' or 'u' or 'y';

    public readonly bool HasVowelBefore(int end)
    {
        for (int i = 0; i < end; i++)
        {
            if (IsVowel(i))
            {
                return true;
            }
        }

        return false;
    }

    public readonly bool EndsWith(string suffix) => ((ReadOnlySpan<char>)Text).EndsWith(suffix);

    public readonly bool InFirstRegion(int suffixLength) => FirstRegion <= Length - suffixLength;

    public readonly bool InSecondRegion(int suffixLength) => _secondRegion <= Length - suffixLength;

    public readonly bool EndsInDouble() =>
        Length > 1 && this[^1] == this[^2] && this[^1] is 'b' or 'd' or 'f' or 'g' or 'm' or 'n' or 'p' or 'r' or 't';

    /// <summary>Whether the first <paramref name="end"/> letters end in a short syllable.</summary>
    public readonly bool EndsInShortSyllable(int end)
    {
        if (end == 2)
        {
            return IsVowel(0) && !IsVowel(1);
        }

        if (((ReadOnlySpan<char>)_buffer[..end]).EndsWith("past"))
        {
            return true;
        }

        return end > 2 && !IsVowel(end - 1) && _buffer[end - 1] is not ('w' or 'x' or 'Y') && IsVowel(end - 2) && !IsVowel(end - 3);
    }

    public void Append(char letter) => _buffer[Length++] = letter;

    public void Replace(int suffixLength, string replacement)
    {
        Length -= suffixLength;
        replacement.CopyTo(_buffer[Length..]);
        Length += replacement.Length;
    }

    /// <summary>Finds the first suffix (rules come longest first) and replaces it where it lies in R1.</summary>
    /// <returns>Whether a suffix was found, replaced or not.</returns>
    public bool ReplaceFirstOf(ReadOnlySpan<(string Suffix, string Replacement)> rules)
    {
        foreach ((string suffix, string replacement) in rules)
        {
            if (EndsWith(suffix))
            {
                if (InFirstRegion(suffix.Length))
                {
                    Replace(suffix.Length, replacement);
                }

                return true;
            }
        }

        return false;
    }

    private readonly int RegionAfter(int start)
    {
        int i = start;
        while (i < Length && !IsVowel(i))
        {
            i++;
        }

        while (i < Length && IsVowel(i))
        {
            i++;
        }

        return Math.Min(i + 1, Length);
    }
}
