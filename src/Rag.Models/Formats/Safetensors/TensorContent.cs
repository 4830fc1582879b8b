namespace Rag.Models.Formats.Safetensors;

/// <summary>One tensor to write: what a <see cref="SafetensorsWriter"/> stores under a name.</summary>
/// <param name="Name">The tensor's name; unique in its file, not empty, not "__metadata__".</param>
/// <param name="DataType">The element type.</param>
/// <param name="Shape">The dimensions, outermost first; empty for a scalar.</param>
/// <param name="Bytes">The elements, row major, little-endian: exactly as many bytes as type and shape need.</param>
public sealed record TensorContent(string Name, TensorDataType DataType, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes);
