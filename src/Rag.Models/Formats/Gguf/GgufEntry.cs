namespace Rag.Models.Formats.Gguf;

/// <summary>Where a metadata value lies; it was walked over once, so its lengths are known to fit the file.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Type">Its type.</param>
/// <param name="Offset">Its first byte; of an array, that of the type of its elements.</param>
internal readonly record struct GgufEntry(string Key, GgufValueType Type, long Offset);
