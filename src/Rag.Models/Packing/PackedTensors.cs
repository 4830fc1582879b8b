using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Rag.Models.Formats.Safetensors;

namespace Rag.Models.Packing;

/// <summary>
/// The tensors of one packed matrix for a writer, which must write them one behind another: the numbers are made while they are
/// written, and the scales and zeros found on the way are kept until their turn.
/// </summary>
internal sealed class PackedTensors(PackedMatrix matrix, Func<PackedRows> open, Action<TensorInfo> written, CancellationToken cancellationToken)
{
    // Bytes of one piece of a matrix in single precision.
    private const int PieceBytes = 8 << 20;
    private float[] _scales = [];
    private byte[] _zeros = [];

    /// <summary>The tensors in the order that they are to be written in.</summary>
    public IEnumerable<StreamedTensor> Streamed()
    {
        yield return Of(matrix.Values, WriteValues);
        if (matrix.Scales is { } scales)
        {
            yield return Of(scales, stream => { stream.Write(MemoryMarshal.AsBytes<float>(_scales)); _scales = []; });
        }

        if (matrix.Zeros is { } zeros)
        {
            yield return Of(zeros, stream => { stream.Write(_zeros); _zeros = []; });
        }
    }

    private StreamedTensor Of(TensorInfo tensor, Action<Stream> write) => new(tensor.Name, tensor.DataType, tensor.Shape, tensor.Length, stream =>
    {
        write(stream);
        written(tensor);
    });

    private void WriteValues(Stream stream)
    {
        PackedRows rows = open();
        byte[] turned = rows.Form.IsTurned ? new byte[checked(rows.Rows * rows.Columns)] : [];
        (int blocks, PackedForm form) = (rows.Form.Blocks(rows.Columns), rows.Form);
        int zeroBytes = form.Zeros ? form.ZeroBytes(rows.Columns) : 0;
        _scales = new float[checked((int)(rows.Rows * blocks))];
        _zeros = new byte[checked((int)(rows.Rows * zeroBytes))];
        int piece = (int)Math.Clamp(PieceBytes / (4L * rows.Columns), 1, rows.Rows);
        byte[] values = new byte[checked(piece * blocks * form.BlockBytes)];
        for (long first = 0; first < rows.Rows; first += piece)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = (int)Math.Min(piece, rows.Rows - first);
            Memory<byte> numbers = values.AsMemory(0, count * blocks * form.BlockBytes);
            rows.Pack(first, count, numbers, _scales.AsMemory((int)first * blocks, count * blocks), _zeros.AsMemory((int)first * zeroBytes, count * zeroBytes));
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(_scales.AsSpan((int)first * blocks, count * blocks))))
            {
                throw new CorruptException($"The scales of '{matrix.Values.Name}' hold a value that is not finite.", matrix.Values.Name);
            }

            if (rows.Form.IsTurned)
            {
                Turn(numbers, count, rows.Columns, turned, (int)first, (int)rows.Rows);
            }
            else
            {
                stream.Write(numbers.Span);
            }
        }

        stream.Write(turned);
    }

    // Numbers [count, columns] to the columns from "first" on of [columns, rows].
    private static void Turn(Memory<byte> numbers, int count, int columns, byte[] turned, int first, int rows) => Parallel.For(0, columns, column =>
    {
        ReadOnlySpan<byte> from = numbers.Span;
        Span<byte> to = turned.AsSpan(checked((int)(((long)column * rows) + first)), count);
        for (int row = 0; row < to.Length; row++)
        {
            to[row] = from[(row * columns) + column];
        }
    });
}
