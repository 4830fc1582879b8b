namespace Rag.Models.Facts;

/// <summary>The tensors of a model that are stored as one type.</summary>
/// <param name="Type">The type's name in the file's format, such as "BF16" or "Q4_K".</param>
/// <param name="Tensors">How many there are.</param>
/// <param name="Bytes">Their size.</param>
public sealed record StorageFacts(string Type, int Tensors, long Bytes);
