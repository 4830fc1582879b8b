using Rag.Models.Formats.Safetensors;
using Rag.Models.Quantization;

namespace Rag.Models.Packing.Sources;

/// <summary>This library's own int8 as it is stored: the scale of a row becomes that of all its blocks.</summary>
internal sealed class PackedScaledRows(SafetensorsFolder weights, TensorInfo tensor, int rows, int columns)
    : PackedRows(new PackedForm(8, QuantizedFormat.BlockSize), rows, columns)
{
    private const byte SignBit = 128;
    private readonly float[] _scales = weights.ReadSingles(QuantizedFormat.ScalesOf(tensor.Name));

    public override void Pack(long first, int count, Memory<byte> values, Memory<float> scales, Memory<byte> zeros)
    {
        int blocks = Form.Blocks(Columns);
        byte[] numbers = new byte[Columns];
        for (int row = 0; row < count; row++)
        {
            Span<byte> to = values.Span.Slice(row * blocks * Form.BlockBytes, blocks * Form.BlockBytes);
            weights.ReadBytes(tensor, (first + row) * Columns, numbers);
            to.Fill(SignBit);
            for (int i = 0; i < numbers.Length; i++)
            {
                to[i] = (byte)(numbers[i] ^ SignBit);
            }

            scales.Span.Slice(row * blocks, blocks).Fill(_scales[first + row]);
        }
    }
}
