using System.Text;

namespace Rag.Tokenizers.Models;

/// <summary>
/// A model without an unknown token drops the characters that its vocabulary lacks. The reference implementation then counts
/// on as if they had not been there, in UTF-8 bytes, so the ranges of all later tokens of the word lie too early; ours agree.
/// </summary>
internal sealed class DroppedCharacters
{
    private readonly int[] _bytesBefore;
    private readonly List<(int Start, int End)> _characterOfByte = [];
    private int _dropped;

    public DroppedCharacters(ReadOnlySpan<char> word)
    {
        _bytesBefore = new int[word.Length + 1];
        for (int at = 0; at < word.Length;)
        {
            Rune.DecodeFromUtf16(word[at..], out Rune rune, out int width);
            for (int i = 0; i < rune.Utf8SequenceLength; i++)
            {
                _characterOfByte.Add((at, at + width));
            }

            at += width;
            _bytesBefore[at] = _characterOfByte.Count;
        }
    }

    /// <summary>Drops the character at a place.</summary>
    public void Drop(int at)
    {
        int start = _bytesBefore[at];
        int end = start;
        while (end < _characterOfByte.Count && _characterOfByte[end].Start == at)
        {
            end++;
        }

        _dropped += end - start;
    }

    /// <summary>The range that a character is given after all that was dropped before it.</summary>
    public (int Start, int End) Shift(int start, int end) =>
        (_characterOfByte[_bytesBefore[start] - _dropped].Start, _characterOfByte[_bytesBefore[end] - _dropped - 1].End);
}
