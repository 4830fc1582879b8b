namespace Rag.Models.Quantization;

/// <summary>Told while a model is quantised.</summary>
/// <param name="Tensor">The tensor that is being quantised.</param>
/// <param name="Bytes">Bytes of the tensors that are done, as they were.</param>
/// <param name="TotalBytes">Bytes of all.</param>
public readonly record struct QuantizationProgress(string Tensor, long Bytes, long TotalBytes);
