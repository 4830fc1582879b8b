using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing.Sources;

/// <summary>
/// Experts in OCP Microscaling FP4: stored [experts, outputs, inputs / 32, 16] with a power of two for every 32, and seen, as the
/// checkpoints' plain form has it, as [experts, inputs, outputs]. This reads them before that turn: rows are outputs.
/// </summary>
internal sealed class Float4Matrix(SafetensorsFolder weights, TensorInfo blocks, TensorInfo scales, long rows, int columns) : MatrixReader(rows, columns)
{
    private const int Block = 32;

    public override void Read(long first, Span<float> values)
    {
        long block = first * Columns / Block;
        byte[] bytes = new byte[values.Length / 2];
        byte[] exponents = new byte[values.Length / Block];
        weights.ReadBytes(blocks, block * Block / 2, bytes);
        weights.ReadBytes(scales, block, exponents);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = SmallFloats.E2M1((bytes[i / 2] >> (i % 2 * 4)) & 15) * SmallFloats.E8M0[exponents[i / Block]];
        }
    }
}
