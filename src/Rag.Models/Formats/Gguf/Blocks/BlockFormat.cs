using System.Buffers.Binary;

namespace Rag.Models.Formats.Gguf.Blocks;

/// <summary>Turns one block, least significant byte first, into its values.</summary>
/// <param name="block">As many bytes as the format says.</param>
/// <param name="values">Receives as many values as the format says.</param>
internal delegate void BlockDecoder(ReadOnlySpan<byte> block, Span<float> values);

/// <summary>Numbers of more than a byte within a block, which are stored in the byte order of the file.</summary>
/// <param name="Offset">Where the first begins.</param>
/// <param name="Count">How many follow one another.</param>
/// <param name="Width">Bytes of each.</param>
internal readonly record struct WordField(int Offset, int Count = 1, int Width = 2);

/// <summary>One element type of GGUF: so many values share a block of so many bytes.</summary>
/// <param name="Id">The number that stands for it in files.</param>
/// <param name="Name">Its name, such as "Q4_K".</param>
/// <param name="Values">Values of a block.</param>
/// <param name="Bytes">Bytes of a block.</param>
/// <param name="Decode">Reads a block as single precision; null where that cannot be exact.</param>
/// <param name="Words">The numbers of more than a byte, in ascending order.</param>
internal sealed record BlockFormat(uint Id, string Name, int Values, int Bytes, BlockDecoder? Decode, params WordField[] Words)
{
    /// <summary>Whether values share scales, so that they are stored in no type of their own.</summary>
    public bool IsQuantized => Values > 1;

    /// <summary>Turns blocks of the other byte order round, in place.</summary>
    public void Reverse(Span<byte> blocks)
    {
        if (Words.Length == 0)
        {
            return;
        }

        for (; !blocks.IsEmpty; blocks = blocks[Bytes..])
        {
            foreach (WordField field in Words)
            {
                Span<byte> words = blocks.Slice(field.Offset, field.Count * field.Width);
                for (; !words.IsEmpty; words = words[field.Width..])
                {
                    words[..field.Width].Reverse();
                }
            }
        }
    }

    /// <summary>Reads whole blocks, least significant byte first, as single precision.</summary>
    public void DecodeAll(ReadOnlySpan<byte> blocks, Span<float> values)
    {
        for (; !blocks.IsEmpty; blocks = blocks[Bytes..], values = values[Values..])
        {
            Decode!(blocks[..Bytes], values[..Values]);
        }
    }

    /// <summary>A half-precision number within a block.</summary>
    public static float Half(ReadOnlySpan<byte> block, int offset) => (float)BinaryPrimitives.ReadHalfLittleEndian(block[offset..]);
}
