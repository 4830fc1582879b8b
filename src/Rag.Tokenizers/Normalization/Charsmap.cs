using System.Buffers.Binary;
using System.Globalization;

namespace Rag.Tokenizers.Normalization;

/// <summary>
/// SentencePiece's compiled normalization rules: a little-endian 32-bit size, a double array (Darts-clone, S. Yata) of that
/// many bytes over UTF-8 keys, and the replacements as UTF-8 text, each ended by a zero byte. Immutable.
/// </summary>
internal sealed class Charsmap
{
    private readonly uint[] _units;
    private readonly byte[] _replacements;
    private readonly string _location;
    private readonly bool[] _asciiStarts = new bool[128];

    private Charsmap(uint[] units, byte[] replacements, string location)
    {
        _units = units;
        _replacements = replacements;
        _location = location;
        for (int c = 1; c < 128; c++)
        {
            // Whether any rule at all begins with this character.
            int node = Child(0, Offset(_units[0]), (byte)c);
            _asciiStarts[c] = node >= 0;
        }
    }

    /// <summary>Reads the blob.</summary>
    /// <exception cref="CorruptException">When sizes do not fit.</exception>
    public static Charsmap Read(ReadOnlySpan<byte> blob, string location)
    {
        if (blob.Length < 8)
        {
            throw new CorruptException(string.Create(CultureInfo.InvariantCulture, $"{location}: the precompiled normalization rules have {blob.Length} bytes, too few for any."), location);
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(blob);
        if (size < 4 || size % 4 != 0 || size > blob.Length - 4)
        {
            throw new CorruptException(
                string.Create(CultureInfo.InvariantCulture, $"{location}: the precompiled normalization rules state {size} bytes of table and {blob.Length - 4} follow."), location);
        }

        var units = new uint[size / 4];
        for (int i = 0; i < units.Length; i++)
        {
            units[i] = BinaryPrimitives.ReadUInt32LittleEndian(blob[(4 + (i * 4))..]);
        }

        byte[] replacements = blob[(4 + (int)size)..].ToArray();
        return System.Text.Unicode.Utf8.IsValid(replacements)
            ? new Charsmap(units, replacements, location)
            : throw new CorruptException($"{location}: the replacements of the precompiled normalization rules are not sound UTF-8.", location);
    }

    /// <summary>Whether some rule begins with an ASCII character.</summary>
    public bool Touches(char ascii) => _asciiStarts[ascii];

    /// <summary>Finds the rule whose key begins the UTF-8 text.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="longest">Whether of several the longest counts, else the shortest.</param>
    /// <param name="length">Bytes of the key found.</param>
    /// <param name="replacement">What to write for it, UTF-8.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryMatch(scoped ReadOnlySpan<byte> utf8, bool longest, out int length, out ReadOnlySpan<byte> replacement)
    {
        length = 0;
        replacement = default;
        int value = -1;
        int node = 0;
        uint offset = Offset(_units[0]);
        for (int i = 0; i < utf8.Length && utf8[i] != 0; i++)
        {
            node = Child(node, offset, utf8[i]);
            if (node < 0)
            {
                break;
            }

            offset = Offset(_units[node]);
            if ((_units[node] & (1 << 8)) != 0)
            {
                value = (int)(UnitAt((uint)node ^ offset) & 0x7FFFFFFF);
                length = i + 1;
                if (!longest)
                {
                    break;
                }
            }
        }

        if (value < 0)
        {
            return false;
        }

        if (value > _replacements.Length || (value < _replacements.Length && (_replacements[value] & 0xC0) == 0x80))
        {
            throw Damaged();
        }

        ReadOnlySpan<byte> rest = _replacements.AsSpan(value);
        int end = rest.IndexOf((byte)0);
        replacement = end < 0 ? rest : rest[..end];
        return true;
    }

    private static uint Offset(uint unit) => unit >> 10 << (int)((unit & (1u << 9)) >> 6);

    private int Child(int node, uint offset, byte label)
    {
        uint at = (uint)node ^ offset ^ label;
        return (UnitAt(at) & ((1u << 31) | 0xFF)) == label ? (int)at : -1;
    }

    private uint UnitAt(uint at) => at < (uint)_units.Length ? _units[at] : throw Damaged();

    private CorruptException Damaged() => new($"{_location}: the table of the precompiled normalization rules points outside itself.", _location);
}
