namespace Rag.Models.Formats.Safetensors;

/// <summary>One tensor to write whose bytes are made while it is written.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="DataType">The element type.</param>
/// <param name="Shape">The dimensions, outermost first.</param>
/// <param name="Length">How many bytes it has.</param>
/// <param name="Write">Writes exactly so many, row major, little-endian.</param>
internal sealed record StreamedTensor(string Name, TensorDataType DataType, IReadOnlyList<long> Shape, long Length, Action<Stream> Write);
