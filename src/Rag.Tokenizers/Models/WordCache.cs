using System.Runtime.InteropServices;

namespace Rag.Tokenizers.Models;

/// <summary>
/// Remembers the tokens of short words: natural text repeats itself. Direct-mapped and bounded: a collision replaces, and a
/// full store starts over, so neither memory nor time can be driven up from outside. Not safe for concurrent use.
/// </summary>
internal sealed class WordCache
{
    public const int LongestWord = 48;
    private const int Slots = 1 << 14;
    private const int KeyCapacity = 1 << 18;
    private const int TokenCapacity = 1 << 17;

    private readonly Entry[] _entries = new Entry[Slots];
    private char[] _keys = new char[1 << 12];
    private CachedToken[] _tokens = new CachedToken[1 << 11];
    private int _keyCount;
    private int _tokenCount;

    /// <summary>Adds the tokens of a word seen before; false where it was not, with the place for <see cref="Remember"/>.</summary>
    public bool TryGet(ReadOnlySpan<char> word, TokenBuffer tokens, out uint hash)
    {
        hash = Hash(word);
        ref Entry entry = ref _entries[hash & (Slots - 1)];
        if (entry.Hash != hash || entry.KeyLength != word.Length || !word.SequenceEqual(_keys.AsSpan(entry.KeyStart, entry.KeyLength)))
        {
            return false;
        }

        foreach (ref readonly CachedToken token in _tokens.AsSpan(entry.TokenStart, entry.TokenCount))
        {
            tokens.Add(token.Id, token.Start, token.End);
        }

        return true;
    }

    /// <summary>Keeps the tokens of a word of 1 to <see cref="LongestWord"/> units: those in the buffer from <paramref name="first"/> on.</summary>
    public void Remember(ReadOnlySpan<char> word, uint hash, TokenBuffer tokens, int first)
    {
        int count = tokens.Count - first;
        if (_keyCount + word.Length > KeyCapacity || _tokenCount + count > TokenCapacity)
        {
            Array.Clear(_entries);
            _keyCount = _tokenCount = 0;
            if (count > TokenCapacity)
            {
                return;
            }
        }

        Grow(ref _keys, _keyCount + word.Length);
        Grow(ref _tokens, _tokenCount + count);
        word.CopyTo(_keys.AsSpan(_keyCount));
        for (int i = 0; i < count; i++)
        {
            _tokens[_tokenCount + i] = new CachedToken(tokens.Ids[first + i], (ushort)tokens.Starts[first + i], (ushort)tokens.Ends[first + i]);
        }

        _entries[hash & (Slots - 1)] = new Entry(hash, _keyCount, word.Length, _tokenCount, count);
        _keyCount += word.Length;
        _tokenCount += count;
    }

    private static void Grow<T>(ref T[] array, int needed)
    {
        if (array.Length < needed)
        {
            Array.Resize(ref array, Math.Max(needed, array.Length * 2));
        }
    }

    private static uint Hash(ReadOnlySpan<char> word)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(word);
        ulong hash = (ulong)word.Length * 0x9E3779B97F4A7C15UL;
        while (bytes.Length >= 8)
        {
            hash = (hash ^ MemoryMarshal.Read<ulong>(bytes)) * 0xFF51AFD7ED558CCDUL;
            hash ^= hash >> 32;
            bytes = bytes[8..];
        }

        ulong tail = 0;
        for (int i = 0; i < bytes.Length; i += 2)
        {
            tail = (tail << 16) | MemoryMarshal.Read<ushort>(bytes[i..]);
        }

        hash = (hash ^ tail) * 0xFF51AFD7ED558CCDUL;
        return (uint)(hash >> 32) ^ (uint)hash;
    }

    private readonly record struct Entry(uint Hash, int KeyStart, int KeyLength, int TokenStart, int TokenCount);

    private readonly record struct CachedToken(int Id, ushort Start, ushort End);
}
