namespace Rag.Models.Hub;

/// <summary>One file of a downloaded model, compared with what the hub named.</summary>
/// <param name="Path">Relative to the model's folder.</param>
/// <param name="Size">Bytes that the hub named.</param>
/// <param name="Hashed">Whether the hub's hash is known.</param>
/// <param name="Fault">What is wrong with it; null for nothing.</param>
internal sealed record FileCheck(string Path, long Size, bool Hashed, string? Fault);
