using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Runtime.Sessions;

/// <summary>
/// Numbers kept of a session, apart from it: rows of tokens, or the state after one. Written once by who allocates it, then read by
/// any number of threads; the memory goes with the last claim.
/// </summary>
internal sealed class CacheBuffer : IDisposable
{
    private readonly OrtValue? _value;
    private readonly int _length;
    private int _claims = 1;

    private CacheBuffer(OrtValue? value, int length) => (_value, _length) = (value, length);

    /// <summary>The memory that it takes.</summary>
    public long Bytes => (long)_length * sizeof(float);

    /// <summary>The numbers; valid while a claim is held.</summary>
    public Span<float> Values => _value is null ? [] : _value.GetTensorMutableDataAsSpan<float>()[.._length];

    /// <exception cref="UnavailableException">There is no memory, or not in one piece.</exception>
    public static CacheBuffer Allocate(long floats)
    {
        if (floats > Array.MaxLength)
        {
            throw new UnavailableException($"{floats} numbers of a sequence's state are more than one buffer holds.");
        }

        int length = (int)floats;
        try
        {
            return new CacheBuffer(length == 0 ? null : OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [length]), length);
        }
        catch (OnnxRuntimeException e)
        {
            throw new UnavailableException($"There is no memory for {floats * sizeof(float)} bytes of kept keys and values: {e.Message}", innerException: e);
        }
    }

    /// <summary>One more claim, by who knows that one is held.</summary>
    public CacheBuffer Share()
    {
        Interlocked.Increment(ref _claims);
        return this;
    }

    /// <summary>Ends a claim; each ends once.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _claims) == 0)
        {
            _value?.Dispose();
        }
    }
}
