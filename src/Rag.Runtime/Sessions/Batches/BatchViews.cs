using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Runtime.Sessions.Batches;

/// <summary>Values over the first rows of other values.</summary>
internal static class BatchViews
{
    /// <summary>A value over the beginning of another's memory, which must outlive it.</summary>
    /// <param name="whole">Memory that ONNX Runtime allocated: it does not move.</param>
    /// <param name="shape">What of it, in floats.</param>
    public static unsafe OrtValue Rows(OrtValue whole, long[] shape)
    {
        Span<byte> memory = whole.GetTensorMutableRawData();
        long bytes = sizeof(float);
        foreach (long size in shape)
        {
            bytes = checked(bytes * size);
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, memory.Length);
        nint start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, TensorElementType.Float, shape, start, bytes);
    }
}
