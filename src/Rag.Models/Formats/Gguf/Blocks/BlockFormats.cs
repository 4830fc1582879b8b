using System.Collections.Frozen;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>
/// Every element type that is read. Layouts and formulas are those of ggml (https://github.com/ggml-org/ggml,
/// src/ggml-common.h and src/ggml-quants.c); products are taken in the same order, so that values are equal to the last bit.
/// </summary>
internal static class BlockFormats
{
    private static readonly BlockFormat[] All =
    [
        .. PlainBlocks.Formats, .. NibbleBlocks.Formats, .. FiveBitBlocks.Formats, .. ByteBlocks.Formats, .. Q2KBlocks.Formats, .. Q3KBlocks.Formats,
        .. Q45KBlocks.Formats, .. Q6KBlocks.Formats, .. Iq1Blocks.Formats, .. Iq2Blocks.Formats, .. Iq3Blocks.Formats, .. Iq4Blocks.Formats,
        .. TernaryBlocks.Formats, .. Fp4Blocks.Formats, .. SignBlocks.Formats,
    ];

    private static readonly FrozenDictionary<uint, BlockFormat> ById = All.ToFrozenDictionary(format => format.Id);

    /// <summary>Every name, in the order of the numbers.</summary>
    public static IEnumerable<string> Names => All.OrderBy(format => format.Id).Select(format => format.Name);

    /// <summary>The format of that number, or null.</summary>
    public static BlockFormat? Find(uint id) => ById.GetValueOrDefault(id);

    /// <summary>What is known about a number that is not read, as words that go after it.</summary>
    public static string Unread(uint id) => id switch
    {
        4 or 5 or (>= 31 and <= 33) or (>= 36 and <= 38) => "a type that was removed from the format; convert the model again with a current tool",
        9 or 15 => "a type that holds activations, never weights",
        _ => $"an unknown type; these are read: {string.Join(", ", Names)}",
    };
}
