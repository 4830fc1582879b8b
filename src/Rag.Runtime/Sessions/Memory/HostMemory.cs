using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Runtime.Sessions.Memory;

/// <summary>The processor's memory, with keys and values in single precision or in eight bits, of which four are moved as one number.</summary>
internal sealed class HostMemory : IDecoderMemory
{
    private readonly bool _eightBit;

    private HostMemory(bool eightBit) => _eightBit = eightBit;

    /// <summary>Keys and values in single precision.</summary>
    public static HostMemory Single { get; } = new(eightBit: false);

    /// <summary>Keys and values in eight bits.</summary>
    public static HostMemory EightBit { get; } = new(eightBit: true);

    public TensorElementType Floats => TensorElementType.Float;

    public TensorElementType Kept => _eightBit ? TensorElementType.Int8 : TensorElementType.Float;

    public int WidthOf(int width) => _eightBit ? width / sizeof(float) : width;

    public OrtValue Allocate(TensorElementType type, params long[] shape) => OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, type, shape);

    public OrtValue View(OrtValue whole, TensorElementType type, params long[] shape) => MemoryView.Of(OrtMemoryInfo.DefaultInstance, whole, type, 0, shape);

    public void Clear(CacheBlock block, int row, int start)
    {
        Span<float> held = Numbers(block)[(row * block.RowSize)..];
        for (int head = 0; head < block.Heads; head++)
        {
            held.Slice(((head * block.Capacity) + start) * block.Width, (block.Capacity - start) * block.Width).Clear();
        }
    }

    public void Copy(CacheBlock from, int fromRow, CacheBlock to, int toRow, int start, int count)
    {
        ReadOnlySpan<float> source = Numbers(from)[(fromRow * from.RowSize)..];
        Span<float> destination = Numbers(to)[(toRow * to.RowSize)..];
        for (int head = 0; head < from.Heads; head++)
        {
            source.Slice(((head * from.Capacity) + start) * from.Width, count * from.Width).CopyTo(destination[(((head * to.Capacity) + start) * to.Width)..]);
        }
    }

    public void Read(CacheBlock from, int start, int count, Span<float> rows)
    {
        ReadOnlySpan<float> held = Numbers(from);
        int length = count * from.Width;
        for (int head = 0; head < from.Heads; head++, rows = rows[length..])
        {
            held.Slice(((head * from.Capacity) + start) * from.Width, length).CopyTo(rows);
        }
    }

    public void Write(CacheBlock to, int start, ReadOnlySpan<float> rows, int tokens, int first, int count)
    {
        Span<float> held = Numbers(to);
        for (int head = 0; head < to.Heads; head++)
        {
            rows.Slice(((head * tokens) + first) * to.Width, count * to.Width).CopyTo(held[(((head * to.Capacity) + start) * to.Width)..]);
        }
    }

    public void Read(OrtValue from, int start, Span<float> numbers) => from.GetTensorDataAsSpan<float>().Slice(start, numbers.Length).CopyTo(numbers);

    public void Write(OrtValue to, TensorElementType type, int start, ReadOnlySpan<float> numbers) => numbers.CopyTo(to.GetTensorMutableDataAsSpan<float>()[start..]);

    public void Dispose()
    {
    }

    private static Span<float> Numbers(CacheBlock block) => MemoryMarshal.Cast<byte, float>(block.Value.GetTensorMutableRawData());
}
