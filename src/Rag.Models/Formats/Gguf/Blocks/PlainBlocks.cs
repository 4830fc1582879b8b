using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>Types that store each value by itself.</summary>
internal static class PlainBlocks
{
    public static readonly BlockFormat[] Formats =
    [
        new(0, "F32", 1, 4, (block, values) => values[0] = BinaryPrimitives.ReadSingleLittleEndian(block), new WordField(0, 1, 4)),
        new(1, "F16", 1, 2, (block, values) => values[0] = BlockFormat.Half(block, 0), new WordField(0)),
        new(30, "BF16", 1, 2, (block, values) => values[0] = BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(block) << 16), new WordField(0)),
        new(24, "I8", 1, 1, (block, values) => values[0] = (sbyte)block[0]),
        new(25, "I16", 1, 2, (block, values) => values[0] = BinaryPrimitives.ReadInt16LittleEndian(block), new WordField(0)),
        new(26, "I32", 1, 4, null, new WordField(0, 1, 4)),
        new(27, "I64", 1, 8, null, new WordField(0, 1, 8)),
        new(28, "F64", 1, 8, null, new WordField(0, 1, 8)),
    ];
}
