using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Runtime.Sessions.Memory;

/// <summary>Values over a part of another value's memory.</summary>
internal static class MemoryView
{
    /// <summary>A value over some numbers of another, which must outlive it. The memory itself is not touched.</summary>
    /// <param name="place">Where the memory is.</param>
    /// <param name="whole">What ONNX Runtime allocated there: it does not move.</param>
    /// <param name="type">The type of its numbers.</param>
    /// <param name="start">The first of them.</param>
    /// <param name="shape">How many, and in what shape.</param>
    public static unsafe OrtValue Of(OrtMemoryInfo place, OrtValue whole, TensorElementType type, long start, long[] shape)
    {
        long size = type switch
        {
            TensorElementType.Int8 => sizeof(sbyte),
            TensorElementType.Float16 => sizeof(ushort),
            _ => sizeof(float),
        };
        long bytes = size;
        foreach (long length in shape)
        {
            bytes = checked(bytes * length);
        }

        // The span is never read: it is how the binding says where the memory is.
        Span<byte> memory = whole.GetTensorMutableRawData();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(checked((start * size) + bytes), memory.Length);
        nint address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory)) + (nint)(start * size);
        return OrtValue.CreateTensorValueWithData(place, type, shape, address, bytes);
    }
}
