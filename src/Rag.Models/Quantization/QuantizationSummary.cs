namespace Rag.Models.Quantization;

/// <summary>What a quantised folder holds.</summary>
/// <param name="FolderPath">The folder, as a full path.</param>
/// <param name="Int8Tensors">Matrices of one byte a value.</param>
/// <param name="Int4Tensors">Tables of half a byte a value.</param>
/// <param name="OtherTensors">Vectors and whatever else was not quantised.</param>
/// <param name="SourceBytes">Bytes of the tensors before.</param>
/// <param name="Bytes">Bytes of the tensors now, scales included.</param>
public sealed record QuantizationSummary(string FolderPath, int Int8Tensors, int Int4Tensors, int OtherTensors, long SourceBytes, long Bytes);
