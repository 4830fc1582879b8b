namespace Rag.Models.Facts;

/// <summary>Weights of a model that are run in one form.</summary>
/// <param name="Form">The form, in words.</param>
/// <param name="Tensors">How many matrices or other tensors.</param>
/// <param name="Bytes">What they take, scales and zeros included.</param>
public sealed record PackingGroup(string Form, int Tensors, long Bytes);
