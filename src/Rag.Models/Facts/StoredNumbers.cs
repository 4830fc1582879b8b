using Rag.Models.Formats.Safetensors;
using Rag.Models.Quantization;

namespace Rag.Models.Facts;

/// <summary>Counts the numbers that tensors stand for.</summary>
internal static class StoredNumbers
{
    private static readonly string[] Parts = [".qzeros", ".g_idx", "_scale_inv", "_scales", ".scales"];

    /// <summary>The numbers of a tensor: eight to a word of GPTQ and AWQ, two to a byte of FP4 and of four-bit tables; none for scales and zeros.</summary>
    public static long Count(SafetensorsFolder weights, TensorInfo tensor)
    {
        if (Array.Exists(Parts, part => tensor.Name.EndsWith(part, StringComparison.Ordinal)))
        {
            return 0;
        }

        return tensor.DataType switch
        {
            TensorDataType.Int32 when tensor.Name.EndsWith(".qweight", StringComparison.Ordinal) => 8 * tensor.ElementCount,
            TensorDataType.UInt8 when tensor.Name.EndsWith("_blocks", StringComparison.Ordinal) => 2 * tensor.ElementCount,
            TensorDataType.UInt8 when weights.Find(QuantizedFormat.ScalesOf(tensor.Name)) is not null => 2 * tensor.ElementCount,
            _ => tensor.ElementCount,
        };
    }
}
