using Microsoft.ML.OnnxRuntime;

namespace Rag.Runtime.Sessions;

/// <summary>
/// ONNX Runtime's values over the beginning of one buffer, one for each size: those of small sizes are kept, since steps of one token
/// and of a few take turns where tokens are guessed ahead.
/// </summary>
/// <param name="buffer">What the values are of; it may be replaced by a larger one.</param>
/// <param name="shape">The shape of a value of a size.</param>
internal sealed class SizedValues<T>(T[] buffer, Func<int, long[]> shape) : IDisposable
    where T : unmanaged
{
    private const int MostKept = 64;
    private readonly OrtValue?[] _kept = new OrtValue?[MostKept + 1];
    private OrtValue? _large;
    private int _largeSize;

    public T[] Buffer { get; private set; } = buffer;

    /// <summary>The value of a size; the one before it of the same size, where there was one.</summary>
    public OrtValue Of(int size)
    {
        if (size <= MostKept)
        {
            return _kept[size] ??= Create(size);
        }

        if (size != _largeSize)
        {
            _large?.Dispose();
            _large = null;
            (_large, _largeSize) = (Create(size), size);
        }

        return _large!;
    }

    /// <summary>Takes another buffer; the values before it are no longer any good.</summary>
    public void Replace(T[] buffer)
    {
        Dispose();
        Buffer = buffer;
    }

    public void Dispose()
    {
        foreach (OrtValue? value in _kept)
        {
            value?.Dispose();
        }

        Array.Clear(_kept);
        _large?.Dispose();
        (_large, _largeSize) = (null, 0);
    }

    private OrtValue Create(int size) => OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Buffer.AsMemory(), shape(size));
}
