using System.Numerics;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Packing;

/// <summary>The packed matrices of a file that was written before.</summary>
internal sealed class PackedFile(SafetensorsFolder weights, int accuracyLevel) : IMatrixPacking
{
    private static readonly int[] Widths = [4, 8, 16];

    public int AccuracyLevel => accuracyLevel;

    public PackedMatrix? Find(Weight weight) => Find(PackedNames.Of(weight), weight.Transposed ? weight.Shape[^2] : weight.Shape[^1]);

    public PackedMatrix? FindTable(Weight table) =>
        Find(PackedNames.Table(PackedNames.Of(table)), table.Shape[^1]) ?? (Find(table) is { Form.IsTurned: false } matrix ? matrix : null);

    public PackedMatrix? FindStacked(IReadOnlyList<Weight> first, IReadOnlyList<Weight> second) =>
        Find(PackedNames.OfStacked(first, second), first[0].Transposed ? first[0].Shape[^2] : first[0].Shape[^1]);

    private PackedMatrix? Find(string name, long columns)
    {
        if (weights.Find(PackedNames.Turned(name)) is { } turned)
        {
            return turned is { DataType: TensorDataType.Int8, Shape: [var inputs, var outputs] } && inputs == columns &&
                weights.Find(PackedNames.Scales(name)) is { DataType: TensorDataType.Float32, Shape: [var count] } rowScales && count == outputs
                ? new PackedMatrix(PackedForm.Int8Rows((int)columns), turned, rowScales, null)
                : throw Unfit(name, turned);
        }

        foreach (int bits in Widths)
        {
            if (weights.Find(PackedNames.Values(name, bits)) is not { } values)
            {
                continue;
            }

            if (bits == 16 && values is { DataType: TensorDataType.Float16, Shape: [_, var halves] } && halves == columns)
            {
                return new PackedMatrix(PackedForm.Half((int)columns), values, null, null);
            }

            TensorInfo? scales = weights.Find(PackedNames.Scales(name));
            TensorInfo? zeros = weights.Find(PackedNames.Zeros(name));
            if (bits < 16 && values is { DataType: TensorDataType.UInt8, Shape: [var rows, var blocks, var bytes] } && scales is { DataType: TensorDataType.Float32 })
            {
                PackedForm form = new(bits, (int)(bytes * 8 / bits), zeros is not null);
                if (BitOperations.IsPow2(form.BlockSize) && form.Blocks((int)columns) == blocks && scales.Shape.SequenceEqual([rows, blocks]) &&
                    (zeros is null || (zeros.DataType == TensorDataType.UInt8 && zeros.Shape.SequenceEqual([rows, form.ZeroBytes((int)columns)]))))
                {
                    return new PackedMatrix(form, values, scales, zeros);
                }
            }

            throw Unfit(name, values);
        }

        return null;
    }

    private static CorruptException Unfit(string name, TensorInfo values) =>
        new($"{values.FilePath}: the packed matrix '{name}' has parts that do not fit each other; delete the file, it is made anew.", values.FilePath, values.Offset);
}
