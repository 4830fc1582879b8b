using Microsoft.ML.OnnxRuntime;

namespace Rag.Runtime.Sessions.Memory;

/// <summary>A buffer of a cache, [rows, heads, capacity, width], the width in numbers that the memory moves.</summary>
internal readonly record struct CacheBlock(OrtValue Value, int Heads, int Capacity, int Width)
{
    /// <summary>Numbers of one row.</summary>
    public int RowSize => checked(Heads * Capacity * Width);
}
