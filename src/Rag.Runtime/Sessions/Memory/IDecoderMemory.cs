using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Rag.Runtime.Sessions.Memory;

/// <summary>
/// Where the sessions of a model keep what they compute, and how it moves: whatever lies there is touched through this alone. Numbers
/// that go in and out are in single precision. Thread-safe, but for two calls on one value.
/// </summary>
internal interface IDecoderMemory : IDisposable
{
    /// <summary>The type of rotary tables.</summary>
    TensorElementType Floats { get; }

    /// <summary>The type of keys and values.</summary>
    TensorElementType Kept { get; }

    /// <summary>The numbers that a row of so many keys is moved as.</summary>
    int WidthOf(int width);

    /// <summary>A value, whose numbers are not set; the caller disposes it before the memory.</summary>
    /// <exception cref="OnnxRuntimeException">There is no memory.</exception>
    OrtValue Allocate(TensorElementType type, params long[] shape);

    /// <summary>A value over the first numbers of another, which must outlive it.</summary>
    OrtValue View(OrtValue whole, TensorElementType type, params long[] shape);

    /// <summary>Sets the tokens of a row from one on to zero: a kernel may multiply tokens that it then masks, and they must be numbers.</summary>
    void Clear(CacheBlock block, int row, int start);

    /// <summary>Copies some tokens of a row to the same places of another.</summary>
    void Copy(CacheBlock from, int fromRow, CacheBlock to, int toRow, int start, int count);

    /// <summary>Copies some tokens of the first row out, [heads, count, width].</summary>
    void Read(CacheBlock from, int start, int count, Span<float> rows);

    /// <summary>Copies tokens to the first row.</summary>
    /// <param name="to">The block.</param>
    /// <param name="start">Where the first goes.</param>
    /// <param name="rows">[heads, <paramref name="tokens"/>, width].</param>
    /// <param name="tokens">Tokens that <paramref name="rows"/> holds.</param>
    /// <param name="first">The first of them that is copied.</param>
    /// <param name="count">How many are copied.</param>
    void Write(CacheBlock to, int start, ReadOnlySpan<float> rows, int tokens, int first, int count);

    /// <summary>Copies numbers of a value in single precision out.</summary>
    void Read(OrtValue from, int start, Span<float> numbers);

    /// <summary>Copies numbers to a value.</summary>
    void Write(OrtValue to, TensorElementType type, int start, ReadOnlySpan<float> numbers);
}
