namespace Rag.Models.Packing;

/// <summary>Told while weights are packed, which happens once for each model and precision.</summary>
/// <param name="Model">The model's folder or file.</param>
/// <param name="Tensor">The tensor that was written last.</param>
/// <param name="Bytes">Bytes written.</param>
/// <param name="TotalBytes">Bytes to write.</param>
public readonly record struct WeightPackingProgress(string Model, string Tensor, long Bytes, long TotalBytes);
