namespace Rag.Runtime.Generation.Constraints.Quotes;

/// <summary>The automaton of well-formed UTF-8 (The Unicode Standard, table 3-7).</summary>
internal static class Utf8Steps
{
    /// <summary>Between two characters.</summary>
    public const int Boundary = 0;

    /// <summary>How many states there are.</summary>
    public const int Count = 8;

    // One, two and three more bytes; behind E0, ED, F0 and F4, whose second byte is bounded.
    private const int One = 1, Two = 2, Three = 3, BehindE0 = 4, BehindED = 5, BehindF0 = 6, BehindF4 = 7;

    private static readonly sbyte[] Table = [.. Enumerable.Range(0, Count << 8).Select(i => (sbyte)Step(i >> 8, (byte)i))];

    /// <summary>The state behind a byte, or -1.</summary>
    public static int Next(int state, byte value) => Table[(state << 8) + value];

    private static int Step(int state, byte value) => state switch
    {
        Boundary => value switch
        {
            < 0x80 => Boundary,
            < 0xC2 => -1,
            < 0xE0 => One,
            0xE0 => BehindE0,
            0xED => BehindED,
            < 0xF0 => Two,
            0xF0 => BehindF0,
            < 0xF4 => Three,
            0xF4 => BehindF4,
            _ => -1,
        },
        One => value is >= 0x80 and <= 0xBF ? Boundary : -1,
        Two => value is >= 0x80 and <= 0xBF ? One : -1,
        Three => value is >= 0x80 and <= 0xBF ? Two : -1,
        BehindE0 => value is >= 0xA0 and <= 0xBF ? One : -1,
        BehindED => value is >= 0x80 and <= 0x9F ? One : -1,
        BehindF0 => value is >= 0x90 and <= 0xBF ? Two : -1,
        _ => value is >= 0x80 and <= 0x8F ? Two : -1,
    };
}
